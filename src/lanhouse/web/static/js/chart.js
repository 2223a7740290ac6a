// Draws each figure's table. Amounts are written by the server; only lengths are computed here.
"use strict";

const LABELS_MAX = 12;

// A custom property that holds light-dark() is known to the browser only where a colour is used.
function colourOf(name, place) {
  const probe = document.createElement("i");
  probe.hidden = true;
  probe.style.color = `var(--lh-${name})`;
  place.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}

function readTable(table) {
  const [, ...names] = [...table.tHead.rows[0].cells].map((cell) => cell.textContent.trim());
  const rows = [...table.tBodies[0].rows].map((row) => ({
    words: row.cells[0].textContent.trim(),
    href: row.cells[0].querySelector("a")?.href,
    cells: [...row.cells].slice(1).map((cell) => ({ value: Number(cell.dataset.value), text: cell.textContent.trim() })),
  }));
  return { names, rows };
}

// The lines that the server chose, where it did.
function scaleOf(values) {
  if (values.length < 2) return {};
  return { min: values[0], max: values.at(-1), interval: values[1] - values[0] };
}

function optionsOf(figure) {
  const { names, rows } = readTable(figure.querySelector("table"));
  const isStacked = figure.dataset.stacked !== undefined;
  const [text, muted, line, surface] = ["text", "muted", "line", "surface"].map((name) => colourOf(name, figure));
  const marks = new Map([...figure.querySelectorAll("datalist option")].map((mark) => [Number(mark.value), mark.textContent]));
  const isLabelled = !isStacked && rows.length * names.length <= LABELS_MAX;
  return {
    animation: false,
    color: [1, 2, 3, 4].map((number) => colourOf(`chart-${number}`, figure)),
    // Patterns beside colours; the words for screen readers are the table's.
    aria: { enabled: names.length > 1, label: { enabled: false }, decal: { show: names.length > 1 } },
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: text },
    grid: { left: 8, right: 8, top: isLabelled ? 28 : 12, bottom: names.length > 1 ? 34 : 8, containLabel: true },
    legend: { show: names.length > 1, bottom: 0, textStyle: { color: text } },
    tooltip: {
      trigger: "axis",
      // Drawn, not written into the page: the policy allows no inline styles.
      renderMode: "richText",
      backgroundColor: surface,
      borderColor: line,
      textStyle: { color: text, fontSize: 13 },
      formatter: (points) =>
        [rows[points[0].dataIndex].words, ...points.map((one) => `${one.seriesName}: ${rows[one.dataIndex].cells[one.seriesIndex].text}`)].join("\n"),
    },
    xAxis: {
      type: "category",
      data: rows.map((row) => row.words),
      axisLine: { lineStyle: { color: line } },
      axisTick: { show: false },
      axisLabel: { color: muted, hideOverlap: true },
    },
    yAxis: {
      type: "value",
      ...scaleOf([...marks.keys()]),
      axisLabel: { show: marks.size > 0, color: muted, formatter: (value) => marks.get(value) ?? "" },
      splitLine: { lineStyle: { color: line } },
    },
    series: names.map((name, place) => ({
      name,
      type: figure.dataset.chart,
      stack: isStacked ? "all" : undefined,
      barMaxWidth: 56,
      itemStyle: { borderColor: surface, borderWidth: isStacked ? 1 : 0 },
      label: { show: isLabelled, position: "top", color: text, formatter: (one) => rows[one.dataIndex].cells[place].text },
      data: rows.map((row) => row.cells[place].value),
    })),
  };
}

for (const figure of document.querySelectorAll("figure[data-chart]")) {
  const box = figure.querySelector(".lh-canvas");
  box.hidden = false;
  figure.querySelector("details").open = false;
  const chart = echarts.init(box);
  chart.setOption(optionsOf(figure));
  // A press on a bar leads where its row of the table does.
  const { rows } = readTable(figure.querySelector("table"));
  if (rows[0]?.href) chart.on("click", (point) => location.assign(rows[point.dataIndex].href));
  new ResizeObserver(() => chart.resize()).observe(box);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => chart.setOption(optionsOf(figure), true));
}
