/* The SQL console's history and keys. Every page works without; history stays in this browser. */
(function () {
  "use strict";
  var KEY = "ff-sql-history", MOST = 30;
  var editor = document.getElementById("sql"), list = document.getElementById("history");
  if (!editor || !list) return;
  var read = function () {
    try { var kept = JSON.parse(localStorage.getItem(KEY)); return Array.isArray(kept) ? kept.map(String) : []; } catch (error) { return []; }
  };
  var kept = read(), ran = editor.dataset.ran === "yes" ? editor.value.trim() : "";
  if (ran) {
    kept = [ran].concat(kept.filter(function (text) { return text !== ran; })).slice(0, MOST);
    try { localStorage.setItem(KEY, JSON.stringify(kept)); } catch (error) { /* not kept */ }
  }
  kept.forEach(function (text) {
    var item = document.createElement("li"), link = document.createElement("a");
    link.href = "/sql?q=" + encodeURIComponent(text);
    link.textContent = text.length > 160 ? text.slice(0, 159) + "…" : text;
    item.appendChild(link);
    list.appendChild(item);
  });
  if (kept.length) document.getElementById("history-block").hidden = false;
  document.getElementById("history-clear").addEventListener("click", function () {
    try { localStorage.removeItem(KEY); } catch (error) { /* none */ }
    list.textContent = "";
    document.getElementById("history-block").hidden = true;
  });
  editor.addEventListener("keydown", function (event) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) editor.form.requestSubmit();
  });
})();
