/* Theme switch, position filters, table search and sort, tooltips. The page reads well without. */
(function () {
  "use strict";
  var root = document.documentElement;
  var all = function (selector, scope) { return Array.from((scope || document).querySelectorAll(selector)); };

  var themeButton = document.getElementById("theme");
  var isDark = function () {
    return root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  };
  var labelTheme = function () {
    themeButton.textContent = isDark() ? "Light" : "Dark";
    themeButton.setAttribute("aria-label", "Switch to the " + (isDark() ? "light" : "dark") + " theme");
  };
  themeButton.hidden = false;
  labelTheme();
  themeButton.addEventListener("click", function () {
    root.dataset.theme = isDark() ? "light" : "dark";
    try { localStorage.setItem("ff-theme", root.dataset.theme); } catch (error) { /* not kept */ }
    labelTheme();
  });

  /* The rows that are shown as a CSV file. A text that a spreadsheet would take for a formula is quoted. */
  var download = function (table, name) {
    var rows = all("tr", table).filter(function (row) { return !row.hidden; });
    var lines = rows.map(function (row) {
      return Array.from(row.cells).map(function (cell) {
        var text = cell.textContent.trim().replace("\u2212", "-").replace(/^\u2013$/, "");
        if (/^[-+$]?[\d,.]+%?$/.test(text)) text = text.replace(/[$,]/g, "");
        else if (/^[=+\-@\t]/.test(text)) text = "'" + text;
        return /[",\n]/.test(text) ? '"' + text.replace(/"/g, '""') + '"' : text;
      }).join(",");
    });
    var link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob(["\ufeff" + lines.join("\r\n") + "\r\n"], { type: "text/csv" }));
    link.download = name;
    link.click();
    URL.revokeObjectURL(link.href);
  };

  /* A filter shows the children of its target whose data-pos is chosen; a table adds its search. */
  all(".filter").forEach(function (filter) {
    var target = document.getElementById(filter.dataset.target);
    var search = filter.querySelector("input");
    var status = filter.querySelector("[role=status]");
    var buttons = all("button[data-choose]", filter);
    var more = filter.querySelector("[data-all]");
    var csv = filter.querySelector("[data-csv]");
    var first = Number(filter.dataset.limit || 0);
    var texts = new Map();
    if (search) all("[data-pos]", target).forEach(function (item) { texts.set(item, item.textContent.toLowerCase()); });
    var chosen = "";
    var apply = function () {
      var query = search ? search.value.trim().toLowerCase() : "", shown = 0;
      /* In the order of the page, which sorting changes; a search looks at every row. */
      var items = all("[data-pos]", target);
      var limit = first && !query && !chosen ? first : items.length;
      items.forEach(function (item) {
        var match = (!chosen || item.dataset.pos === chosen) && (!query || texts.get(item).indexOf(query) >= 0);
        item.hidden = !match || shown >= limit;
        shown += item.hidden ? 0 : 1;
      });
      if (more) more.hidden = shown === items.length || Boolean(query || chosen);
      target.classList.toggle("single", Boolean(chosen));
      if (status) status.textContent = shown + " of " + items.length + " shown";
    };
    var choose = function (position) {
      chosen = position;
      buttons.forEach(function (button) {
        button.setAttribute("aria-pressed", String(button.dataset.choose === chosen));
      });
      apply();
    };
    buttons.forEach(function (button) {
      button.addEventListener("click", function () { choose(button.dataset.choose); });
    });
    if (search) search.addEventListener("input", apply);
    if (more) more.addEventListener("click", function () { first = 0; apply(); });
    if (csv) csv.addEventListener("click", function () { download(target.closest("table"), csv.dataset.csv); });
    target.addEventListener("sorted", apply);
    var narrow = filter.hasAttribute("data-narrow") && matchMedia("(max-width: 640px)").matches;
    choose(narrow && buttons[1] ? buttons[1].dataset.choose : "");
    if (narrow) {
      addEventListener("beforeprint", function () { choose(""); });
    }
  });

  /* Numbers sort by size, text by alphabet; blanks stay last either way. */
  var figure = function (cell) {
    var text = cell.textContent.trim().replace("\u2212", "-").replace(/[$,%+]/g, "");
    return text === "\u2013" || text === "" ? null : isNaN(text) ? text.toLowerCase() : Number(text);
  };
  all("table.sortable").forEach(function (table) {
    var body = table.tBodies[0], heads = all("thead th", table);
    heads.forEach(function (head, column) {
      head.querySelector("button").addEventListener("click", function () {
        var before = head.getAttribute("aria-sort");
        var falling = before ? before === "ascending" : head.dataset.first !== "up";
        heads.forEach(function (other) { other.removeAttribute("aria-sort"); });
        head.setAttribute("aria-sort", falling ? "descending" : "ascending");
        var rows = all("tr", body).map(function (row) { return [figure(row.cells[column]), row]; });
        rows.sort(function (a, b) {
          if (a[0] === null || b[0] === null) return (a[0] === null) - (b[0] === null);
          return (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0) * (falling ? -1 : 1);
        });
        rows.forEach(function (pair) { body.appendChild(pair[1]); });
        body.dispatchEvent(new Event("sorted"));
      });
    });
  });

  /* SVG titles become tooltips of our own: they show at once, also on touch. */
  all("svg title").forEach(function (title) {
    title.parentNode.dataset.tip = title.textContent;
    title.remove();
  });
  var tip = document.getElementById("tip");
  var hide = function () { tip.hidden = true; };
  var show = function (event) {
    var mark = event.target.closest && event.target.closest("[data-tip]");
    if (!mark) return hide();
    tip.textContent = mark.dataset.tip;
    tip.hidden = false;
    var box = tip.getBoundingClientRect(), edge = document.documentElement.clientWidth - box.width - 8;
    tip.style.left = Math.max(8, Math.min(event.clientX + 12, edge)) + "px";
    tip.style.top = (event.clientY > box.height + 24 ? event.clientY - box.height - 12 : event.clientY + 20) + "px";
  };
  document.addEventListener("pointermove", show);
  document.addEventListener("pointerdown", show);
  document.addEventListener("scroll", hide, { passive: true });
  document.addEventListener("keydown", function (event) { if (event.key === "Escape") hide(); });
})();
