"""The style and the script of the report page: nothing outside is asked for, light and dark, wide and narrow."""

from __future__ import annotations

STYLE = """
:root{color-scheme:light dark;--paper:#fff;--page:#f4f6f9;--ink:#1d2530;--soft:#5c6878;--line:#d7dde5;--head:#eef2f7;
--link:#1f5fae;--error:#b3261e;--error-bg:#ffd9d6;--warning:#8a5a00;--warning-bg:#ffe9b0;--info:#1f5fae;--info-bg:#dcebfb;
--shadow:0 1px 2px #1018280f,0 2px 8px #1018280a}
@media (prefers-color-scheme:dark){:root{--paper:#1b2129;--page:#12161c;--ink:#e3e8ee;--soft:#97a3b2;--line:#333d49;
--head:#242c36;--link:#8ab8f5;--error:#ff9b93;--error-bg:#5b2320;--warning:#f2c262;--warning-bg:#4f3b10;--info:#8ab8f5;
--info-bg:#1d3a5c;--shadow:none}}
*{box-sizing:border-box}
html{scroll-behavior:smooth;scroll-padding-top:4.2rem;-webkit-text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--ink);font:15px/1.6 "Noto Sans CJK SC","Source Han Sans SC",
"Microsoft YaHei","PingFang SC",system-ui,sans-serif}
main,header>div{max-width:1360px;margin:0 auto;padding:0 20px}
header{background:var(--paper);border-bottom:1px solid var(--line);padding:22px 0 14px}
h1{font-size:1.45rem;line-height:1.3;margin:0 0 10px}
h2{font-size:1.08rem;margin:26px 0 10px}
a{color:var(--link);text-decoration:none}a:hover{text-decoration:underline}
.sums{display:flex;flex-wrap:wrap;gap:8px;margin:0}
.sum{border-radius:8px;padding:3px 12px;background:var(--head);color:var(--soft)}
.sum b{font-size:1.1rem;margin-right:4px;color:var(--ink);font-variant-numeric:tabular-nums}
.sum.error{background:var(--error-bg)}.sum.warning{background:var(--warning-bg)}.sum.info{background:var(--info-bg)}
.sum.error b{color:var(--error)}.sum.warning b{color:var(--warning)}.sum.info b{color:var(--info)}
.bar{position:sticky;top:0;z-index:3;background:var(--page);padding:10px 0;display:flex;gap:12px;align-items:center;
flex-wrap:wrap}
.bar input[type=search]{flex:1 1 220px;max-width:420px;font:inherit;padding:6px 12px;border:1px solid var(--line);
border-radius:8px;background:var(--paper);color:var(--ink);min-width:0}
.bar label{color:var(--soft);white-space:nowrap}
.card{background:var(--paper);border:1px solid var(--line);border-radius:10px;box-shadow:var(--shadow)}
.scroll{overflow-x:auto;-webkit-overflow-scrolling:touch}
table.list{border-collapse:collapse;width:100%}
table.list th{background:var(--head);text-align:left;font-weight:600;color:var(--soft);white-space:nowrap}
table.list th,table.list td{padding:6px 14px;border-bottom:1px solid var(--line)}
table.list tr:last-child td{border-bottom:0}
table.list td.n,table.list th.n{text-align:right;font-variant-numeric:tabular-nums;width:4.6rem}
table.list td.path{color:var(--soft);font-size:.88rem;overflow-wrap:anywhere}
.n.error b{color:var(--error)}.n.warning b{color:var(--warning)}.n.info b{color:var(--info)}
.zero{color:var(--soft);opacity:.55}
details.form{margin:0 0 12px}
details.form>summary{padding:10px 16px;cursor:pointer;display:flex;flex-wrap:wrap;gap:4px 12px;align-items:center;list-style:none}
details.form>summary::-webkit-details-marker{display:none}
details.form>summary::before{content:"▸";color:var(--soft)}
details.form[open]>summary::before{content:"▾"}
details.form>summary .name{font-weight:600}
.chip{border-radius:6px;padding:0 8px;font-size:.86rem;white-space:nowrap}
.chip.error,.tag.error{background:var(--error-bg);color:var(--error)}
.chip.warning,.tag.warning{background:var(--warning-bg);color:var(--warning)}
.chip.info,.tag.info{background:var(--info-bg);color:var(--info)}
.chip.path{color:var(--soft);padding:0;white-space:normal;overflow-wrap:anywhere}
.two{display:grid;grid-template-columns:minmax(0,1.55fr) minmax(300px,1fr);gap:16px;padding:0 16px 16px;align-items:start}
ol.says{margin:0;padding:0;list-style:none;position:sticky;top:62px;max-height:calc(100vh - 80px);overflow:auto}
ol.says li{border-left:4px solid var(--line);padding:5px 10px;margin:0 0 8px;background:var(--head);border-radius:0 8px 8px 0;
overflow-wrap:anywhere}
ol.says li.error{border-color:var(--error)}ol.says li.warning{border-color:var(--warning)}ol.says li.info{border-color:var(--info)}
ol.says .guess,ol.says .answer{color:var(--soft);display:block}
ol.says a.place{font-variant-numeric:tabular-nums}
.tag{border-radius:5px;padding:0 6px;font-size:.82rem;margin-right:6px}
table.grid{border-collapse:collapse;font-size:.82rem;line-height:1.45;min-width:660px;width:100%}
table.grid td{min-width:4.6em;border:1px solid var(--line);padding:3px 6px;vertical-align:middle;overflow-wrap:anywhere;white-space:pre-line}
table.grid td.num{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
table.grid td.title{text-align:center;font-weight:600}
table.grid th{background:var(--head);color:var(--soft);font-weight:400;border:1px solid var(--line);padding:0 4px;
font-size:.74rem;text-align:center;min-width:1.9rem}
table.grid td.m{cursor:pointer}
table.grid td.at.error{background:var(--error-bg);box-shadow:inset 0 0 0 2px var(--error)}
table.grid td.at.warning{background:var(--warning-bg);box-shadow:inset 0 0 0 2px var(--warning)}
table.grid td.at.info{background:var(--info-bg);box-shadow:inset 0 0 0 1px var(--info)}
table.grid td.by{box-shadow:inset 0 0 0 1.5px var(--line)}
table.grid td.by.error{box-shadow:inset 0 0 0 1.5px var(--error)}
table.grid td.by.warning{box-shadow:inset 0 0 0 1.5px var(--warning)}
.sheet{color:var(--soft);margin:4px 0}
.note{color:var(--soft)}
.flash{outline:3px solid var(--link);outline-offset:1px}
:focus-visible{outline:2px solid var(--link);outline-offset:1px}
footer{color:var(--soft);padding:18px 0 40px;font-size:.88rem}
[hidden]{display:none!important}
@media (max-width:820px){main,header>div{padding:0 12px}.two{grid-template-columns:minmax(0,1fr);padding:0 10px 12px}
ol.says{position:static;max-height:none}.two>div:last-child{order:-1}table.list td.path,table.list th.path{display:none}
table.list th,table.list td{padding:6px 8px}table.list td.n,table.list th.n{width:2.9rem}h1{font-size:1.2rem}}
@media print{.bar{display:none}ol.says{position:static;max-height:none}body{background:#fff}}
"""

SCRIPT = """
(function () {
  "use strict";
  var box = document.getElementById("q"), only = document.getElementById("only"), none = document.getElementById("none");
  var rows = Array.prototype.slice.call(document.querySelectorAll("[data-f]"));
  function filter() {
    var words = box.value.toLowerCase().split(/\\s+/), left = 0;
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
"""
