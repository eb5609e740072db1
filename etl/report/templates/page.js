(function () {
  "use strict";
  var by = function (id) { return document.getElementById(id); };
  var list = function (found) { return Array.prototype.slice.call(found); };
  document.documentElement.classList.add("js");
  var box = by("q"), none = by("none"), count = by("count");
  var picks = {severity: by("by-severity"), rule: by("by-rule"), department: by("by-department"), state: by("by-state")};
  var body = by("agencies").tBodies[0], rows = list(body.rows), printing = false, moved = false, texts = {};

  function textOf(row) {
    var number = row.getAttribute("data-n"), key = number || row.rowIndex;
    if (texts[key] === undefined) {
      var form = number && by("f" + number), says = form && form.querySelector(".says");
      texts[key] = (row.textContent + " " + row.getAttribute("data-f") + " " + (says ? says.textContent : "")).toLowerCase();
    }
    return texts[key];
  }
  function has(row, severity) { return row.querySelector("td.n." + severity + " b"); }
  function fits(row, words) {
    var rule = picks.rule.value;
    return (!picks.severity.value || has(row, picks.severity.value)) &&
      (!rule || (" " + row.getAttribute("data-r") + " ").indexOf(" " + rule + " ") >= 0) &&
      (!picks.department.value || row.getAttribute("data-d") === picks.department.value) &&
      (!picks.state.value || row.getAttribute("data-t") === picks.state.value) &&
      words.every(function (word) { return textOf(row).indexOf(word) >= 0; });
  }
  function filter() {
    var words = box.value.toLowerCase().split(/\s+/).filter(Boolean), left = 0;
    rows.forEach(function (row) {
      var shows = fits(row, words);
      row.hidden = !shows;
      if (shows) left += 1;
    });
    var rule = picks.rule.value, severity = picks.severity.value;
    if (filter.rule !== rule || filter.severity !== severity) {
      list(document.querySelectorAll("ol.says>li")).forEach(function (line) {
        line.hidden = (rule && line.getAttribute("data-r").split("、").indexOf(rule) < 0) ||
          (severity && !line.classList.contains(severity));
      });
      filter.rule = rule; filter.severity = severity;
    }
    count.textContent = left;
    none.hidden = left > 0;
  }
  function draw(form) {
    var held = form.querySelector(".paper>script");
    if (held) held.parentNode.innerHTML = held.textContent;
  }
  function show(id) {
    var picked = /^rule=([A-Z]{2}[0-9]{2})$/.exec(id);
    if (picked) { picks.rule.value = picked[1]; filter(); by("list").scrollIntoView(); return; }
    var number = /^[cfm]([0-9]+)/.exec(id), form = number && by("f" + number[1]);
    list(document.querySelectorAll("details.form[open]")).forEach(function (other) { if (other !== form) other.open = false; });
    if (form) { form.hidden = false; form.open = true; draw(form); }
    var found = id && by(id);
    if (!found) return;
    found.hidden = false;
    found.scrollIntoView({block: found === form || found.id === "list" ? "start" : "center", inline: "nearest"});
    if (found.id === "list") { found.focus({preventScroll: true}); return; }
    if (found === form) { form.querySelector("summary").focus({preventScroll: true}); return; }
    found = found.closest("td") || found;
    found.classList.add("flash");
    setTimeout(function () { found.classList.remove("flash"); }, 1600);
  }
  function go(id) {
    if (location.hash.slice(1) !== id) { moved = true; location.hash = id; }
    show(id);
  }
  function sort(column, button) {
    var down = button.getAttribute("data-down") !== "1", numbers = column > 2 && column < 6;
    list(document.querySelectorAll("#agencies th button")).forEach(function (other) { other.removeAttribute("data-down"); other.parentNode.removeAttribute("aria-sort"); });
    button.setAttribute("data-down", down ? "1" : "0");
    button.parentNode.setAttribute("aria-sort", down === numbers ? "descending" : "ascending");
    var keyed = rows.map(function (row, at) {
      var text = row.cells[column].textContent;
      return [numbers ? parseInt(text, 10) || (text ? 0 : -1) : text, at, row];
    });
    keyed.sort(function (a, b) {
      var order = numbers ? b[0] - a[0] : a[0].localeCompare(b[0], document.documentElement.lang);
      return (down ? order : -order) || a[1] - b[1];
    });
    keyed.forEach(function (entry) { body.appendChild(entry[2]); });
  }
  function step(by_) {
    var shown = list(body.rows).filter(function (row) { return !row.hidden && row.hasAttribute("data-n"); });
    var open = /^[cfm]([0-9]+)/.exec(location.hash.slice(1)), at = -1;
    shown.forEach(function (row, n) { if (open && row.getAttribute("data-n") === open[1]) at = n; });
    var next = shown[Math.max(0, Math.min(shown.length - 1, at < 0 ? 0 : at + by_))];
    if (next) go("f" + next.getAttribute("data-n"));
  }

  box.addEventListener("input", filter);
  Object.keys(picks).forEach(function (name) { picks[name].addEventListener("change", filter); });
  by("clear").addEventListener("click", function () {
    box.value = "";
    Object.keys(picks).forEach(function (name) { picks[name].value = ""; });
    filter();
  });
  list(document.querySelectorAll("#agencies th button")).forEach(function (button) {
    button.addEventListener("click", function () { sort(button.parentNode.cellIndex, button); });
  });
  document.addEventListener("click", function (event) {
    var link = event.target.closest("a[href^='#']"), cell = event.target.closest("td[data-m]");
    if (link) { event.preventDefault(); go(link.getAttribute("href").slice(1)); }
    else if (cell) go(cell.getAttribute("data-m"));
  });
  document.addEventListener("toggle", function (event) {
    if (event.target.open && !printing) draw(event.target);
  }, true);
  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" && event.target.matches("td[data-m]")) { go(event.target.getAttribute("data-m")); return; }
    if (event.key === "Escape") { event.target.blur(); go("list"); return; }
    if (/^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) return;
    if (event.key === "/") { event.preventDefault(); box.focus(); }
    else if (event.key === "j") step(1);
    else if (event.key === "k") step(-1);
  });
  window.addEventListener("hashchange", function () { if (moved) moved = false; else show(decodeURIComponent(location.hash.slice(1))); });
  window.addEventListener("beforeprint", function () {
    printing = true;
    rows.forEach(function (row) {
      var form = row.getAttribute("data-n") && by("f" + row.getAttribute("data-n"));
      if (form && !row.hidden && !form.open) { form.setAttribute("data-print", ""); form.open = true; }
    });
  });
  window.addEventListener("afterprint", function () {
    list(document.querySelectorAll("details[data-print]")).forEach(function (form) { form.removeAttribute("data-print"); form.open = false; });
    setTimeout(function () { printing = false; }, 0);
  });
  filter();
  if (location.hash) show(decodeURIComponent(location.hash.slice(1)));
})();
