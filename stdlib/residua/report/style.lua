-- The look of a report: light and dark by the reader's choice, narrow and wide, on screen and paper. Every pair of
-- text and background has a contrast of at least 4.5 to 1, every colour of a series 3 to 1.

return [[
:root { color-scheme: light dark; --page: #ffffff; --text: #1b1f24; --soft: #4d5661; --line: #c9d0d8; --box: #f4f6f8;
  --link: #0b57a4; --good: #0b5a3c; --good-box: #d9f2e5; --bad: #8a1c1c; --bad-box: #fde4e2; --open: #5a4700;
  --open-box: #fbf0c8; --none: #3f4650; --none-box: #e6e9ed; --series-1: #0072b2; --series-2: #d55e00;
  --series-3: #00855f; --series-4: #b0578c; --series-5: #9a6a00; --series-6: #4d5661; }
@media screen and (prefers-color-scheme: dark) {
  :root { --page: #14171a; --text: #e6e8eb; --soft: #a9b2bc; --line: #3c444d; --box: #1d2226; --link: #84bdf5;
    --good: #8fe0b8; --good-box: #10382a; --bad: #ffb3ab; --bad-box: #4a1b18; --open: #f2d675; --open-box: #3d3208;
    --none: #c3cad2; --none-box: #2b3138; --series-1: #56b4e9; --series-2: #ee8347; --series-3: #2fbf93;
    --series-4: #d995bd; --series-5: #e6b033; --series-6: #c3cad2; }
}
* { box-sizing: border-box; }
html { background: var(--page); color: var(--text); font: 100%/1.5 system-ui, "Segoe UI", Roboto, sans-serif;
  -webkit-text-size-adjust: 100%; }
body { margin: 0 auto; padding: 1rem; max-width: 76rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0.5rem 0; }
h2 { font-size: 1.3rem; line-height: 1.3; margin: 2rem 0 0.5rem; }
h3 { font-size: 1rem; margin: 1.5rem 0 0.5rem; }
p, li, dd { overflow-wrap: anywhere; }
p { max-width: 46rem; margin: 0.5rem 0; }
a { color: var(--link); }
a:focus-visible, .scroll:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.skip { position: absolute; left: -99rem; }
.skip:focus { position: static; }
.asks { font-size: 1.1rem; }
.soft, caption, figcaption { color: var(--soft); }
section.experiment { border-top: 2px solid var(--line); margin-top: 2.5rem; }
.scroll { overflow: auto; margin: 0.75rem 0; border: 1px solid var(--line); border-radius: 4px; }
.tall { max-height: 36rem; }
table { border-collapse: collapse; font-size: 0.875rem; font-variant-numeric: tabular-nums; min-width: 100%; }
caption { text-align: left; padding: 0.5rem 0.6rem; font-size: 0.875rem; }
.caption { display: block; width: fit-content; max-width: min(100%, calc(100vw - 3.5rem)); position: sticky;
  left: 0.6rem; }
th, td { text-align: left; vertical-align: top; padding: 0.3rem 0.6rem; border-top: 1px solid var(--line); }
thead th { white-space: nowrap; background: var(--box); position: sticky; top: 0; }
tbody th { font-weight: 600; }
.n { text-align: right; white-space: nowrap; }
.wide { display: inline-block; min-width: 13rem; max-width: 24rem; }
.why { display: inline-block; min-width: 9rem; max-width: 24rem; }
.nowrap { white-space: nowrap; }
.verdict { display: inline-block; white-space: nowrap; padding: 0 0.5rem; border-radius: 3px; font-weight: 600;
  border: 1px solid currentColor; }
.supported { color: var(--good); background: var(--good-box); }
.refuted { color: var(--bad); background: var(--bad-box); }
.inconclusive { color: var(--open); background: var(--open-box); }
.not-run { color: var(--none); background: var(--none-box); }
.warning { border-left: 4px solid var(--open); background: var(--open-box); color: var(--open); padding: 0.4rem 0.8rem;
  margin: 0.75rem 0; max-width: 46rem; }
.warning p, .warning ul { margin: 0; }
figure { margin: 1rem 0; }
.figure { overflow-x: auto; max-width: 44rem; }
.figure svg { display: block; width: 100%; min-width: 26rem; height: auto; }
figure pre { overflow-x: auto; padding: 0.75rem; background: var(--box); font: 0.8rem/1.15 ui-monospace, monospace; }
figcaption { font-size: 0.875rem; max-width: 44rem; }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 20rem), 1fr)); gap: 0.25rem 1.5rem;
  margin: 0.5rem 0; font-size: 0.875rem; }
dl div { display: flex; gap: 0.5rem; }
dt { color: var(--soft); min-width: 6.5rem; flex: 0 0 auto; }
dd { margin: 0; }
@media screen and (max-width: 44rem) {
  .cards { border: 0; }
  .cards thead { display: none; }
  .cards table, .cards caption, .cards tbody, .cards tr, .cards th, .cards td { display: block; }
  .cards tr { border: 1px solid var(--line); border-radius: 4px; margin: 0.5rem 0; padding: 0.4rem 0.6rem; }
  .cards th, .cards td { position: relative; border: 0; padding: 0.15rem 0 0.15rem 7.5rem; text-align: left; }
  .cards .wide, .cards .why { display: inline; }
  .cards th:empty, .cards td:empty { display: none; }
  .cards [data-label]::before { content: attr(data-label); position: absolute; left: 0; color: var(--soft);
    font-weight: 400; }
}
@media print {
  html { font-size: 9pt; }
  body { max-width: none; padding: 0; }
  .skip { display: none; }
  .scroll, .figure, figure pre { overflow: visible; max-height: none; border: 0; }
  thead th { position: static; }
  table { font-size: 7.5pt; }
  .wide, .why, .caption { min-width: 0; max-width: none; }
  tr, dl, figure, .warning { break-inside: avoid; }
  h2, h3, caption { break-after: avoid; }
  section.experiment { break-before: page; border-top: 0; margin-top: 0; }
  .figure svg { min-width: 0; max-width: 13cm; }
  .verdict, .warning { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
]]
