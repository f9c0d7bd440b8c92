/* Before the first paint: a forced theme from the address (#theme=dark) or the last choice. */
(function () {
  var root = document.documentElement, theme = null;
  root.classList.add("js");
  try {
    theme = (location.hash.match(/theme=(dark|light)/) || [])[1] || localStorage.getItem("ff-theme");
  } catch (error) { /* storage can be refused on file: pages */ }
  if (theme === "dark" || theme === "light") root.dataset.theme = theme;
})();
