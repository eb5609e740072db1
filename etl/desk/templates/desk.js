(function () {
  "use strict";
  function all(what, within) { return Array.prototype.slice.call((within || document).querySelectorAll(what)); }
  function flash(place) {
    place.classList.add("flash");
    setTimeout(function () { place.classList.remove("flash"); }, 1600);
  }
  function show(id) {
    var found = document.getElementById(id);
    if (!found) return;
    var place = found.closest("td") || found;
    place.scrollIntoView({block: "center", inline: "nearest"});
    if (found.classList.contains("finding")) found.focus({preventScroll: true});
    flash(place);
  }

  // From a finding to its cell and back.
  document.addEventListener("click", function (event) {
    var link = event.target.closest("a[href^='#c']"), cell = event.target.closest("td[data-m]");
    if (link) { event.preventDefault(); show(link.getAttribute("href").slice(1)); }
    else if (cell) show(cell.getAttribute("data-m"));
  });

  // Where work is under way: ask again until it ends, then show the page anew.
  function follow() {
    var live = document.querySelector("[data-live]");
    if (!live) return;
    fetch(live.getAttribute("data-live"), {credentials: "same-origin"}).then(function (answer) {
      return answer.ok ? answer.text() : "";
    }).then(function (text) {
      if (!text) { setTimeout(follow, 3000); return; }
      var piece = new DOMParser().parseFromString(text, "text/html").body;
      var next = piece.querySelector("[data-live]");
      if (!next) { location.reload(); return; }
      live.parentNode.replaceChild(document.importNode(next, true), live);
      setTimeout(follow, 700);
    }).catch(function () { setTimeout(follow, 3000); });
  }
  setTimeout(follow, 500);

  // Files that are dropped, and how many were chosen.
  function walk(entry, done) {
    if (entry.isFile) {
      entry.file(function (file) { done([[entry.fullPath.replace(/^\//, ""), file]]); }, function () { done([]); });
      return;
    }
    var reader = entry.createReader(), found = [];
    (function more() {
      reader.readEntries(function (entries) {
        if (!entries.length) { done(found); return; }
        var left = entries.length;
        entries.forEach(function (one) {
          walk(one, function (some) { found = found.concat(some); left -= 1; if (!left) more(); });
        });
      }, function () { done(found); });
    })();
  }
  all("form[data-drop]").forEach(function (form) {
    var said = form.querySelector("[data-chosen]"), dropped = [];
    function tell() {
      var count = dropped.length;
      all("input[name=files]", form).forEach(function (input) { count += input.files.length; });
      if (count) { said.textContent = "✓ " + count; said.setAttribute("role", "status"); }
    }
    form.addEventListener("change", tell);
    ["dragenter", "dragover"].forEach(function (kind) {
      form.addEventListener(kind, function (event) { event.preventDefault(); form.classList.add("over"); });
    });
    form.addEventListener("dragleave", function (event) {
      if (!form.contains(event.relatedTarget)) form.classList.remove("over");
    });
    form.addEventListener("drop", function (event) {
      event.preventDefault();
      form.classList.remove("over");
      var items = Array.prototype.slice.call(event.dataTransfer.items || []);
      items.map(function (item) { return item.webkitGetAsEntry && item.webkitGetAsEntry(); }).forEach(function (entry) {
        if (entry) walk(entry, function (some) { dropped = dropped.concat(some); tell(); });
      });
    });
    form.addEventListener("submit", function (event) {
      if (!dropped.length) return;
      event.preventDefault();
      var body = new FormData(form);
      dropped.forEach(function (one) { body.append("files", one[1], one[0]); });
      fetch(form.action, {method: "POST", body: body, credentials: "same-origin"}).then(function (answer) {
        if (answer.redirected) { location.href = answer.url; return; }
        return answer.text().then(function (text) {
          var page = new DOMParser().parseFromString(text, "text/html");
          document.getElementById("main").replaceWith(document.importNode(page.getElementById("main"), true));
        });
      });
    });
  });

  // Many at once.
  function count() {
    var place = document.querySelector("[data-count]");
    if (place) place.textContent = String(all("input[name=key]:checked").length);
  }
  document.addEventListener("change", function (event) {
    if (event.target.matches("[data-all]")) {
      all("input[name=key]").forEach(function (box) { box.checked = event.target.checked; });
    }
    count();
  });
  count();

  // Keys: never the only way, and never inside a field.
  function findings() { return all(".finding"); }
  function at() { return findings().indexOf(document.activeElement && document.activeElement.closest(".finding")); }
  function go(step) {
    var list = findings(), to = at() + step;
    if (at() < 0 && step > 0) to = Math.max(list.findIndex(function (one) { return one.classList.contains("open"); }), 0);
    if (!list[to]) return;
    list[to].focus({preventScroll: true});
    list[to].scrollIntoView({block: "nearest"});
    var link = list[to].querySelector("a.place");
    var cell = link && document.getElementById(link.getAttribute("href").slice(1));
    if (cell) { cell.closest("td").scrollIntoView({block: "center", inline: "nearest"}); flash(cell.closest("td")); }
  }
  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input,select,textarea")) return;
    var key = event.key, named = document.querySelector("[data-key='" + (/^[a-z/]$/.test(key) ? key : "none") + "']");
    if (key === "j" || key === "k") { event.preventDefault(); go(key === "j" ? 1 : -1); }
    else if (/^[1-5]$/.test(key) && at() >= 0) {
      var button = findings()[at()].querySelector("[data-verdict='" + key + "']");
      if (button && !button.disabled) { event.preventDefault(); button.click(); }
    }
    else if (key === "?") location.href = "/help";
    else if (key === "Enter" && event.target.matches("td[data-m]")) show(event.target.getAttribute("data-m"));
    else if (named) { event.preventDefault(); if (named.matches("input")) named.focus(); else named.click(); }
  });

  // After a decision: go on with the next that waits.
  if (/[?&]done=/.test(location.search) && !location.hash) go(1);
})();
