(function () {
  "use strict";
  var box = document.getElementById("q"), only = document.getElementById("only"), none = document.getElementById("none");
  var rows = Array.prototype.slice.call(document.querySelectorAll("[data-f]"));
  function filter() {
    var words = box.value.toLowerCase().split(/\s+/), left = 0;
    rows.forEach(function (row) {
      var text = row.getAttribute("data-f").toLowerCase();
      var shows = words.every(function (w) { return text.indexOf(w) >= 0; }) && (!only.checked || row.hasAttribute("data-e"));
      row.hidden = !shows;
      if (shows && row.tagName === "TR") left += 1;
    });
    none.hidden = left > 0;
  }
  function show(id) {
    var found = id && document.getElementById(id);
    if (!found) return;
    var form = found.closest("details");
    if (form) { form.hidden = false; form.open = true; }
    found.scrollIntoView({block: found === form ? "start" : "center", inline: "nearest"});
    if (found !== form) {
      found = found.closest("td") || found;
      found.classList.add("flash");
      setTimeout(function () { found.classList.remove("flash"); }, 1600);
    }
  }
  box.addEventListener("input", filter);
  only.addEventListener("change", filter);
  document.addEventListener("click", function (event) {
    var link = event.target.closest("a[href^='#']"), cell = event.target.closest("td[data-m]");
    if (link) { event.preventDefault(); show(link.getAttribute("href").slice(1)); }
    else if (cell) show(cell.getAttribute("data-m"));
  });
  document.addEventListener("keydown", function (event) {
    if (event.key === "Enter" && event.target.matches("td[data-m]")) show(event.target.getAttribute("data-m"));
  });
  if (location.hash) show(location.hash.slice(1));
  filter();
})();
