// SPDX-License-Identifier: Apache-2.0
// What the pages do by themselves: ages grow, charts are drawn, what was opened stays open.
(function () {
  'use strict';

  // As Words.ago of the server.
  function ago(seconds) {
    if (seconds < 60) return seconds + ' s ago';
    if (seconds < 3600) return Math.floor(seconds / 60) + ' min ago';
    if (seconds < 2 * 86400) return Math.floor(seconds / 3600) + ' h ago';
    return Math.floor(seconds / 86400) + ' d ago';
  }

  // Counted from when the page got them, so that the clock of the browser does not matter.
  const since = new WeakMap();
  function growOlder() {
    for (const age of document.querySelectorAll('[data-age]')) {
      if (!since.has(age)) since.set(age, performance.now());
      const seconds =
        Number(age.dataset.age) + Math.floor((performance.now() - since.get(age)) / 1000);
      age.textContent = ago(seconds);
      if (age.dataset.stale) age.classList.toggle('stale', seconds > Number(age.dataset.stale));
    }
  }

  function color(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  }

  function bytes(value) {
    const units = ['B', 'kB', 'MB', 'GB', 'TB'];
    let unit = 0;
    while (value >= 999.5 && unit < units.length - 1) {
      value /= 1000;
      unit++;
    }
    return (value < 10 && unit > 0 ? value.toFixed(1) : Math.round(value)) + ' ' + units[unit];
  }

  function duration(millis) {
    if (millis < 1000) return Math.round(millis) + ' ms';
    return (millis / 1000).toFixed(millis < 10000 ? 1 : 0) + ' s';
  }

  // Duration and size of checkpoints: TIME:MILLIS:BYTES,...
  function draw(chart) {
    const points = chart.dataset.chart.split(',').map((point) => point.split(':').map(Number));
    const axis = (scale, values, side) => ({
      scale,
      side,
      size: 68,
      stroke: color('--dim'),
      grid: { show: side === 3, stroke: color('--line'), width: 1 },
      ticks: { stroke: color('--line'), width: 1 },
      values: (plot, ticks) => ticks.map(values),
    });
    chart.replaceChildren();
    new uPlot(
      {
        width: Math.max(240, chart.clientWidth - 12),
        height: 180,
        cursor: { drag: { setScale: false } },
        scales: { millis: { range: (plot, min, max) => [0, Math.max(1, max * 1.1)] },
                  bytes: { range: (plot, min, max) => [0, Math.max(1, max * 1.1)] } },
        axes: [
          { stroke: color('--dim'), space: 90, grid: { show: false }, ticks: { stroke: color('--line'), width: 1 } },
          axis('millis', duration, 3),
          axis('bytes', bytes, 1),
        ],
        series: [
          { label: 'begun' },
          { label: 'duration', scale: 'millis', stroke: color('--link'), width: 2,
            points: { show: true }, value: (plot, value) => (value == null ? '' : duration(value)) },
          { label: 'size', scale: 'bytes', stroke: color('--warn'), width: 2, dash: [6, 4],
            points: { show: true }, value: (plot, value) => (value == null ? '' : bytes(value)) },
        ],
      },
      [0, 1, 2].map((column) => points.map((point) => point[column])),
      chart
    );
  }

  function drawAll() {
    if (typeof uPlot === 'function') document.querySelectorAll('[data-chart]').forEach(draw);
  }

  let opened = [];
  document.addEventListener('htmx:beforeSwap', function () {
    opened = [...document.querySelectorAll('details[open][id]')].map((details) => details.id);
  });
  document.addEventListener('htmx:afterSettle', function (event) {
    for (const id of opened) {
      const details = document.getElementById(id);
      if (details) details.open = true;
    }
    growOlder();
    if (event.target.querySelector && event.target.querySelector('[data-chart]')) drawAll();
  });
  document.addEventListener('htmx:sseError', () => lost(true));
  document.addEventListener('htmx:sseOpen', () => lost(false));
  document.addEventListener('htmx:sendError', () => lost(true));
  document.addEventListener('htmx:afterRequest', (event) => {
    if (event.detail.successful) lost(false);
  });
  function lost(is) {
    document.getElementById('lost').hidden = !is;
  }

  // Two clicks are one wish; the server knows it, too.
  document.addEventListener('submit', function (event) {
    for (const button of event.target.querySelectorAll('button')) {
      setTimeout(() => (button.disabled = true));
    }
  });
  window.addEventListener('pageshow', function (event) {
    if (event.persisted) location.reload();
  });

  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawAll);
  let width = innerWidth;
  addEventListener('resize', function () {
    if (width !== innerWidth) {
      width = innerWidth;
      drawAll();
    }
  });
  setInterval(growOlder, 1000);
  growOlder();
})();
