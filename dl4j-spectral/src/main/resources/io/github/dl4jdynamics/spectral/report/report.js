(function () {
  'use strict';
  const root = document.documentElement;
  const colour = name => getComputedStyle(root).getPropertyValue('--' + name).trim();
  const finite = v => (typeof v === 'number' ? v : NaN);

  function text(v) {
    if (!isFinite(v) || v === 0) return String(v);
    const size = Math.abs(v);
    if (Number.isInteger(v) && size < 1e15) return String(v);
    return size < 1e-4 || size >= 1e7 ? v.toExponential(3) : String(+v.toPrecision(4));
  }

  const superscript = n => String(n).replace(/[-\d]/g, c => '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'['-0123456789'.indexOf(c)]);

  const stops = name => colour(name).split(' ').map(c => [1, 3, 5].map(i => parseInt(c.slice(i, i + 2), 16)));

  /* The colour between stops, each red, green, blue, at a place from 0 to 1. */
  function mix(stops, place) {
    const at = place * (stops.length - 1);
    const k = Math.min(stops.length - 2, Math.floor(at));
    return stops[k].map((v, j) => Math.round(v + (stops[k + 1][j] - v) * (at - k)));
  }

  /* Up to eight series differ in hue; more follow a ramp in their order. */
  function colours(count) {
    const own = colour('series').split(' ');
    if (count <= own.length) return own;
    return Array.from({ length: count }, (_, i) =>
      '#' + mix(stops('ramp'), i / (count - 1)).map(v => v.toString(16).padStart(2, '0')).join(''));
  }

  function axis(label, log) {
    const scale = {
      type: log ? 'logarithmic' : 'linear',
      title: { display: !!label, text: label, color: colour('soft'), font: { size: 12 } },
      grid: { color: colour('grid'), tickColor: 'transparent' },
      border: { display: false },
      ticks: { color: colour('faint'), maxRotation: 0, autoSkipPadding: 14, font: { size: 11 } }
    };
    if (!log) {
      scale.ticks.callback = v => text(+v.toPrecision(10));
      scale.ticks.maxTicksLimit = 8;
      return scale;
    }
    /* Powers of ten; over less than two decades also their 2- and 5-fold. */
    scale.afterBuildTicks = s => {
      const wide = Math.log10(s.max / s.min) > 2;
      s.ticks = [];
      for (let e = Math.floor(Math.log10(s.min)); e <= Math.log10(s.max); e++) {
        (wide ? [1] : [1, 2, 5]).forEach(m => s.ticks.push({ value: +(m + 'e' + e) }));
      }
      s.ticks = s.ticks.filter(t => t.value >= s.min * 0.999 && t.value <= s.max * 1.001);
    };
    scale.ticks.callback = function (v) {
      const e = Math.round(Math.log10(v));
      const plain = this.min >= 1e-4 && this.max <= 1e5;
      return plain || Math.abs(Math.log10(v) - e) > 1e-9 ? text(v) : '10' + superscript(e);
    };
    return scale;
  }

  function points(series, spec) {
    const out = [];
    for (let i = 0; i < series.x.length; i++) {
      const x = finite(series.x[i]);
      const y = finite(series.y[i]);
      if (isFinite(x) && !(spec.logX && x <= 0)) out.push({ x: x, y: spec.logY && y <= 0 ? NaN : y });
    }
    return out;
  }

  function dataset(series, spec, paint) {
    const data = points(series, spec);
    const dots = series.style === 'dots';
    const area = series.style === 'area';
    const missing = i => !(data[i] && isFinite(data[i].y));
    /* A point between two gaps has no line to show it. */
    const radius = data.length > 1000 ? 0 : data.map((_, i) => (missing(i - 1) && missing(i + 1) ? 2.6 : 0));
    return {
      type: 'line', label: series.name, style: series.style, data: data, stack: area ? 'areas' : undefined,
      borderColor: paint, backgroundColor: paint, borderWidth: data.length > 1000 ? 1 : 1.8,
      borderDash: series.style === 'dashed' ? [6, 4] : [], showLine: !dots && !area,
      pointRadius: dots ? 2.6 : area ? 0 : radius, pointHoverRadius: 4, pointHitRadius: 8
    };
  }

  function common(spec, many) {
    return {
      maintainAspectRatio: false, animation: false, parsing: false, normalized: true,
      interaction: many ? { mode: 'nearest', intersect: false, axis: 'xy' } : { mode: 'below', intersect: false },
      layout: { padding: { top: 6, right: 8 } },
      plugins: {
        legend: { display: false },
        tooltip: {
          backgroundColor: colour('ink'), titleColor: colour('card'), bodyColor: colour('card'),
          padding: 9, cornerRadius: 6, boxPadding: 4, usePointStyle: false, titleFont: { weight: '600' },
          callbacks: {}
        }
      }
    };
  }

  function lineChart(spec) {
    const paints = colours(spec.series.length);
    /* A single line over areas is their sum or their reference, and none of their kind. */
    const over = spec.series.filter(s => s.style !== 'area');
    if (over.length === 1 && spec.series.length > 1) paints[spec.series.indexOf(over[0])] = colour('ink');
    const many = spec.series.length > 8;
    const options = common(spec, many);
    options.scales = { x: axis(spec.xLabel, spec.logX), y: axis(spec.yLabel, spec.logY) };
    options.plugins.tooltip.callbacks = {
      title: items => (items.length ? (spec.xLabel || 'x') + ' ' + text(items[0].parsed.x) : ''),
      label: item => ' ' + item.dataset.label + ': ' + text(item.parsed.y)
    };
    return { data: { datasets: spec.series.map((s, i) => dataset(s, spec, paints[i])) }, options: options };
  }

  /* Bars between edges of any width on any axis, which Chart.js itself cannot draw. */
  const bins = {
    id: 'bins',
    beforeDatasetsDraw(chart) {
      const spec = chart.$bins;
      if (!spec || !chart.isDatasetVisible(0)) return;
      const { ctx, chartArea: area, scales: { x, y } } = chart;
      const active = chart.getActiveElements().filter(a => a.datasetIndex === 0).map(a => a.index);
      const base = Math.min(area.bottom, spec.logY ? area.bottom : y.getPixelForValue(0));
      ctx.save();
      ctx.beginPath();
      ctx.rect(area.left, area.top, area.width, area.height);
      ctx.clip();
      ctx.fillStyle = chart.data.datasets[0].backgroundColor;
      spec.heights.forEach((height, i) => {
        if (!(finite(height) > 0)) return;
        const left = spec.logX && spec.edges[i] <= 0 ? area.left : x.getPixelForValue(spec.edges[i]);
        const right = x.getPixelForValue(spec.edges[i + 1]);
        const gap = right - left > 4 ? 1 : 0;
        const top = y.getPixelForValue(height);
        ctx.globalAlpha = active.includes(i) ? 0.85 : 0.5;
        ctx.fillRect(left, top, right - left - gap, base - top);
      });
      ctx.restore();
    }
  };

  /* Areas on areas: what is positive stands on what is positive, what is negative hangs below what is negative. */
  const areas = {
    id: 'areas',
    beforeDatasetsDraw(chart) {
      const { ctx, chartArea: area, scales: { x, y } } = chart;
      const sets = chart.data.datasets.filter((d, i) => d.stack && chart.isDatasetVisible(i));
      ctx.save();
      ctx.beginPath();
      ctx.rect(area.left, area.top, area.width, area.height);
      ctx.clip();
      [Math.max, Math.min].forEach(part => {
        const base = sets.length ? sets[0].data.map(() => 0) : [];
        sets.forEach(set => {
          const below = base.map(v => y.getPixelForValue(v));
          set.data.forEach((p, i) => { base[i] += part(0, isFinite(p.y) ? p.y : 0); });
          const across = set.data.map(p => x.getPixelForValue(p.x));
          ctx.beginPath();
          across.forEach((left, i) => ctx.lineTo(left, y.getPixelForValue(base[i])));
          for (let i = across.length - 1; i >= 0; i--) ctx.lineTo(across[i], below[i]);
          ctx.fillStyle = set.backgroundColor;
          ctx.globalAlpha = 0.78;
          ctx.fill();
        });
      });
      ctx.restore();
    }
  };

  function histogram(spec) {
    const paints = colours(spec.series.length + 1);
    const options = common(spec, false);
    const lines = spec.series.map((s, i) => dataset(s, spec, paints[i + 1]));
    const middles = spec.heights.map((h, i) => {
      const a = spec.edges[i];
      const b = spec.edges[i + 1];
      return { x: spec.logX && a > 0 ? Math.sqrt(a * b) : (a + b) / 2, y: finite(h) };
    });
    const bars = {
      type: 'line', label: spec.name, style: 'box', showLine: false, data: middles,
      borderColor: paints[0], backgroundColor: paints[0], pointRadius: 0, pointHoverRadius: 0
    };
    const xs = spec.edges.concat(...lines.map(l => l.data.map(p => p.x))).filter(v => !spec.logX || v > 0);
    const seen = middles.map(p => p.y).filter(v => v > 0);
    options.scales = { x: axis(spec.xLabel, spec.logX), y: axis(spec.yLabel, spec.logY) };
    if (xs.length) Object.assign(options.scales.x, { min: Math.min(...xs), max: Math.max(...xs) });
    if (spec.logY && seen.length) {
      Object.assign(options.scales.y, { min: Math.min(...seen) / 2, max: Math.max(...seen) * 1.6 });
    } else {
      options.scales.y.beginAtZero = true;
    }
    options.plugins.tooltip.callbacks = {
      title: items => {
        const bin = items.find(item => item.datasetIndex === 0);
        if (bin) return text(spec.edges[bin.dataIndex]) + ' to ' + text(spec.edges[bin.dataIndex + 1]);
        return items.length ? (spec.xLabel || 'x') + ' ' + text(items[0].parsed.x) : '';
      },
      label: item => ' ' + item.dataset.label + ': ' + text(item.parsed.y)
    };
    return { data: { datasets: [bars].concat(lines) }, options: options, bins: spec };
  }

  function barChart(spec, box) {
    const longest = Math.max(0, ...spec.categories.map(c => c.length));
    const lying = spec.categories.length > 8 || longest * spec.categories.length > 70;
    const paints = colours(spec.series.length);
    const strongest = name => 'rgb(' + stops(name).pop() + ')';
    const signed = v => strongest(finite(v) < 0 ? 'helps' : 'hurts');
    const options = common(spec, false);
    const values = axis(spec.valueLabel, false);
    const names = {
      type: 'category', grid: { display: false }, border: { display: false },
      ticks: { color: colour('soft'), autoSkip: false, font: { size: 11 } }
    };
    if (lying) {
      box.style.height = Math.max(220, spec.categories.length * (10 + 11 * spec.series.length) + 56) + 'px';
      box.style.maxHeight = 'none';
    }
    values.beginAtZero = true;
    delete options.parsing;
    delete options.normalized;
    options.indexAxis = lying ? 'y' : 'x';
    options.interaction = { mode: 'index', intersect: false, axis: lying ? 'y' : 'x' };
    options.scales = lying ? { x: values, y: names } : { x: names, y: values };
    options.plugins.tooltip.callbacks = {
      label: item => ' ' + item.dataset.label + ': ' + text(item.raw)
    };
    const datasets = spec.series.map((s, i) => ({
      type: 'bar', label: s.name, style: 'bar', data: s.values.map(finite),
      backgroundColor: spec.signed ? s.values.map(signed) : paints[i], borderColor: paints[i],
      borderRadius: 2, maxBarThickness: 26,
      categoryPercentage: 0.82, barPercentage: 0.92
    }));
    return { data: { labels: spec.categories, datasets: datasets }, options: options };
  }

  function focus(chart, index) {
    if (chart.$focus === index) return;
    chart.$focus = index;
    chart.data.datasets.forEach((d, i) => {
      const paint = chart.$paints[i] + (index < 0 || i === index ? '' : '22');
      d.borderColor = paint;
      d.backgroundColor = paint;
      d.borderWidth = d.type === 'bar' ? 0 : i === index ? 3 : chart.$widths[i];
      /* Stacks follow the order, so areas keep theirs. */
      d.order = i === index && !d.stack ? -1 : 0;
    });
    chart.update('none');
  }

  function legend(chart, box) {
    const sets = chart.data.datasets;
    box.replaceChildren();
    box.classList.toggle('many', sets.length > 8);
    if (sets.length < 2) return;
    sets.forEach((set, i) => {
      const key = document.createElement('button');
      const mark = document.createElement('i');
      const name = document.createElement('span');
      key.type = 'button';
      key.title = set.label;
      key.setAttribute('aria-pressed', 'true');
      mark.className = set.style;
      mark.style.color = chart.$paints[i];
      mark.style.borderTopColor = chart.$paints[i];
      name.textContent = set.label;
      key.append(mark, name);
      key.onmouseenter = key.onfocus = () => focus(chart, i);
      key.onmouseleave = key.onblur = () => focus(chart, -1);
      key.onclick = () => {
        const shown = !chart.isDatasetVisible(i);
        chart.setDatasetVisibility(i, shown);
        key.setAttribute('aria-pressed', String(shown));
        chart.update('none');
      };
      box.append(key);
    });
  }

  function draw(figure) {
    const spec = JSON.parse(figure.querySelector('script').textContent);
    const box = figure.querySelector('.canvas');
    const keys = figure.querySelector('.legend');
    if (spec.kind === 'heatMap') return heatMap(figure, spec, { colour, stops, mix, text });
    const config = { lineChart, histogram, barChart }[spec.kind](spec, box);
    config.plugins = [bins, areas, {
      id: 'near',
      beforeInit: chart => { chart.$bins = config.bins; },
      afterEvent: (chart, { event }) => {
        const near = event.type === 'mouseout' ? -1 : (chart.getActiveElements()[0] || { datasetIndex: -1 }).datasetIndex;
        [...keys.children].forEach((key, i) => key.classList.toggle('near', sets > 8 && i === near));
      }
    }];
    const sets = config.data.datasets.length;
    const chart = new Chart(figure.querySelector('canvas'), config);
    chart.$paints = config.data.datasets.map(d => d.borderColor);
    chart.$widths = config.data.datasets.map(d => d.borderWidth);
    chart.$focus = -1;
    legend(chart, keys);
    return chart;
  }

  /* The point of every series that is nearest to the pointer's x, whether or not the series share their x. */
  function below(chart, event) {
    const x = Chart.helpers.getRelativePosition(event, chart).x;
    const distance = e => (e.skip ? Infinity : Math.abs(e.x - x));
    return chart.getSortedVisibleDatasetMetas().map(meta => {
      let index = 0;
      meta.data.forEach((e, i) => { if (distance(e) < distance(meta.data[index])) index = i; });
      return { element: meta.data[index], datasetIndex: meta.index, index: index };
    }).filter(item => item.element && distance(item.element) < 40);
  }

  let charts = [];
  function drawAll() {
    charts.forEach(chart => chart.destroy());
    charts = [];
    if (typeof Chart === 'undefined') return;
    Chart.Interaction.modes.below = below;
    Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
    document.querySelectorAll('figure.chart').forEach(figure => charts.push(draw(figure)));
  }

  function theme(name) {
    root.dataset.theme = name;
    drawAll();
  }

  function sortable(table) {
    const heads = [...table.tHead.rows[0].cells];
    const value = cell => {
      const raw = cell.title || cell.textContent;
      return cell.classList.contains('n') ? (raw === '' ? NaN : Number(raw)) : raw;
    };
    heads.forEach((head, column) => {
      head.onclick = () => {
        const down = head.getAttribute('aria-sort') === 'ascending';
        heads.forEach(h => h.removeAttribute('aria-sort'));
        head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
        const rows = [...table.tBodies[0].rows].map(row => ({ row, key: value(row.cells[column]) }));
        rows.sort((a, b) => {
          if (typeof a.key === 'string') return (down ? -1 : 1) * a.key.localeCompare(b.key, 'en', { numeric: true });
          if (isNaN(a.key) || isNaN(b.key)) return isNaN(a.key) - isNaN(b.key);
          return down ? b.key - a.key : a.key - b.key;
        });
        table.tBodies[0].append(...rows.map(r => r.row));
      };
    });
  }

  document.querySelectorAll('table').forEach(sortable);
  document.getElementById('theme').onclick = () => theme(root.dataset.theme === 'dark' ? 'light' : 'dark');
  let screenTheme = null;
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', e => {
    /* Paper is light to the browser too; charts made anew in its layout would lose their shape. */
    if (screenTheme === null) theme(e.matches ? 'dark' : 'light');
  });
  window.addEventListener('beforeprint', () => { screenTheme = root.dataset.theme; theme('light'); });
  window.addEventListener('afterprint', () => { theme(screenTheme); screenTheme = null; });

  const links = new Map([...document.querySelectorAll('nav a')].map(a => [a.hash.slice(1), a]));
  const watch = new IntersectionObserver(entries => {
    entries.forEach(e => links.get(e.target.id).classList.toggle('here', e.isIntersecting));
  }, { rootMargin: '-30% 0px -65% 0px' });
  links.forEach((_, id) => watch.observe(document.getElementById(id)));
  drawAll();
})();
