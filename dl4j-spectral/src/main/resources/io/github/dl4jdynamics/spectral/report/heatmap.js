'use strict';
/* Draws a heat map on the canvas of a figure, with its groups, x axis and colour bar, and shows values on hover. */
function heatMap(figure, spec, { colour, stops, mix, text }) {
  const box = figure.querySelector('.canvas');
  const canvas = figure.querySelector('canvas');
  const ctx = canvas.getContext('2d');
  const tip = document.createElement('div');
  const rows = spec.rows.length;
  const columns = spec.x.length;
  const font = getComputedStyle(document.body).fontFamily;
  const helps = stops('helps');
  const hurts = stops('hurts');
  const short = v => text(v).replace(/\.?0+e/, 'e');
  const missing = stops('missing')[0];
  const values = decode();
  const cells = picture();
  let map = { left: 0, top: 0, width: 0, height: 0 };

  /* Two bytes per cell: sign and logarithm of the size; see HeatMapData. */
  function decode() {
    const bytes = atob(spec.cells);
    return Float64Array.from({ length: rows * columns }, (_, i) => {
      const code = (bytes.charCodeAt(2 * i) | (bytes.charCodeAt(2 * i + 1) << 8)) << 16 >> 16;
      if (code === -32768) return NaN;
      return code === 0 ? 0 : Math.sign(code) * spec.peak * Math.exp((Math.abs(code) - 32767) / 1000);
    });
  }

  function paint(value) {
    if (isNaN(value)) return missing;
    return mix(value < 0 ? helps : hurts, Math.min(1, Math.abs(value) / spec.range));
  }

  /* One pixel per cell. */
  function picture() {
    const small = document.createElement('canvas');
    small.width = Math.max(1, columns);
    small.height = Math.max(1, rows);
    const pixels = small.getContext('2d').createImageData(small.width, small.height);
    values.forEach((value, i) => pixels.data.set([...paint(value), 255], 4 * i));
    small.getContext('2d').putImageData(pixels, 0, 0);
    return small;
  }

  function write(words, x, y, align, shade, size) {
    ctx.font = (size || 11) + 'px ' + font;
    ctx.textAlign = align;
    ctx.fillStyle = colour(shade);
    ctx.fillText(words, x, y);
  }

  function shortened(words, width) {
    ctx.font = '11px ' + font;
    let shown = words;
    while (shown && ctx.measureText(shown).width > width) shown = shown.replace(/…?$/, '').slice(0, -1) + '…';
    return shown === '…' ? '' : shown;
  }

  /* Names at the side: of the groups, or else of the rows; those that would touch are left out. */
  function labels() {
    let from = 0;
    if (spec.groups.length) {
      return spec.groups.map(g => ({ words: g.name, from: from, to: from += g.rows }));
    }
    return spec.named ? spec.rows.map((name, i) => ({ words: name, from: i, to: i + 1 })) : [];
  }

  function sides(all, room) {
    let free = -Infinity;
    all.forEach(label => {
      const middle = map.top + (label.from + label.to) / 2 / rows * map.height;
      if (middle - 6 >= free) {
        write(shortened(label.words, room), map.left - 8, middle, 'right', 'soft');
        free = middle + 6;
      }
      if (spec.groups.length && label.from > 0) {
        ctx.fillStyle = colour('soft');
        ctx.fillRect(map.left - 5, Math.round(map.top + label.from / rows * map.height), map.width + 5, 1);
      }
    });
    if (spec.yLabel) {
      ctx.save();
      ctx.translate(8, map.top + map.height / 2);
      ctx.rotate(-Math.PI / 2);
      write(spec.yLabel, 0, 0, 'center', 'soft', 12);
      ctx.restore();
    }
  }

  /* The first and the last x, and where there is room round ones between, or those of the columns if not even. */
  function between() {
    const first = spec.x[0];
    const last = spec.x[columns - 1];
    const rough = (last - first) / Math.max(1, Math.floor(map.width / 70));
    const power = Math.pow(10, Math.floor(Math.log10(rough || 1)));
    const step = power * [1, 2, 5, 10].find(m => m * power >= rough * 0.999);
    const even = (last - first) / (columns - 1);
    if (spec.x.some((x, i) => Math.abs(x - first - i * even) > even * 0.01)) return spec.x;
    const round = [];
    for (let k = Math.ceil(first / step); columns > 1 && k * step < last; k++) round.push(+(k * step).toPrecision(10));
    return round;
  }

  function ticks() {
    const taken = [];
    [spec.x[0], spec.x[columns - 1], ...between()].forEach(x => {
      const after = spec.x.findIndex(v => v >= x);
      const part = after > 0 ? (x - spec.x[after - 1]) / (spec.x[after] - spec.x[after - 1]) - 1 : 0;
      const at = map.left + (after + part + 0.5) / columns * map.width;
      const words = text(+x.toPrecision(10));
      ctx.font = '11px ' + font;
      const half = ctx.measureText(words).width / 2;
      if (taken.some(t => Math.abs(t.at - at) < t.half + half + 8)) return;
      taken.push({ at, half });
      ctx.fillStyle = colour('faint');
      ctx.fillRect(Math.round(at), map.top + map.height, 1, 4);
      write(words, at, map.top + map.height + 12, 'center', 'faint');
    });
    write(spec.xLabel, map.left + map.width / 2, map.top + map.height + 29, 'center', 'soft', 12);
  }

  function colourBar(top) {
    const width = Math.round(Math.min(220, map.width * 0.45));
    const left = Math.round(map.left + (map.width - width) / 2);
    const beyond = spec.peak > spec.range * 1.0005;
    const shades = ctx.createLinearGradient(left, 0, left + width, 0);
    const all = [...helps].reverse().concat(hurts.slice(1));
    all.forEach((shade, i) => shades.addColorStop(i / (all.length - 1), 'rgb(' + shade + ')'));
    ctx.fillStyle = shades;
    ctx.fillRect(left, top, width, 10);
    write(spec.negative, left - 8, top + 5, 'right', 'soft', 12);
    write(spec.positive, left + width + 8, top + 5, 'left', 'soft', 12);
    write((beyond ? '≤ ' : '') + short(-spec.range), left, top + 19, 'center', 'faint');
    write('0', left + width / 2, top + 19, 'center', 'faint');
    write((beyond ? '≥ ' : '') + short(spec.range), left + width, top + 19, 'center', 'faint');
    write(spec.valueLabel, left + width / 2, top + 35, 'center', 'soft', 12);
    if (values.some(isNaN)) {
      ctx.fillStyle = 'rgb(' + missing + ')';
      ctx.fillRect(4, top, 10, 10);
      write('no value', 19, top + 5, 'left', 'soft');
    }
  }

  function redraw() {
    const width = box.clientWidth;
    const height = box.clientHeight;
    tip.hidden = true;
    if (!width || !height) return;
    const sharp = window.devicePixelRatio || 1;
    canvas.width = Math.round(width * sharp);
    canvas.height = Math.round(height * sharp);
    canvas.style.width = width + 'px';
    canvas.style.height = height + 'px';
    ctx.setTransform(sharp, 0, 0, sharp, 0, 0);
    ctx.textBaseline = 'middle';
    ctx.font = '11px ' + font;
    const all = labels();
    const room = Math.min(width * 0.22, Math.max(0, ...all.map(l => Math.ceil(ctx.measureText(l.words).width))));
    const left = Math.round((spec.yLabel ? 20 : 4) + (all.length ? room + 10 : 4));
    const bottom = (spec.xLabel ? 38 : 22) + (spec.valueLabel ? 48 : 32);
    map = { left, top: 6, width: Math.max(1, Math.floor(width - left - 16)), height: Math.max(1, height - bottom - 6) };
    if (rows && columns) {
      ctx.imageSmoothingEnabled = columns > map.width * sharp || rows > map.height * sharp;
      ctx.imageSmoothingQuality = 'high';
      ctx.drawImage(cells, map.left, map.top, map.width, map.height);
      ticks();
      sides(all, room);
    }
    colourBar(height - (spec.valueLabel ? 44 : 28));
  }

  function at(event) {
    const place = canvas.getBoundingClientRect();
    const x = event.clientX - place.left;
    const y = event.clientY - place.top;
    const column = Math.floor((x - map.left) / map.width * columns);
    const row = Math.floor((y - map.top) / map.height * rows);
    return { x, y, row, column, inside: row >= 0 && row < rows && column >= 0 && column < columns };
  }

  function hover(event) {
    const { x, y, row, column, inside } = at(event);
    tip.hidden = !inside;
    if (!inside) return;
    const value = values[row * columns + column];
    const title = document.createElement('b');
    const last = spec.xLast ? spec.xLast[column] : spec.x[column];
    title.textContent = (spec.xLabel || 'x') + ' ' + text(spec.x[column]) +
      (last === spec.x[column] ? '' : ' to ' + text(last));
    tip.replaceChildren(title, spec.rows[row] + ': ' + (isNaN(value) ? 'no value' : short(+value.toPrecision(3))));
    const right = x + 14 + tip.offsetWidth > box.clientWidth;
    tip.style.left = Math.max(0, right ? x - 14 - tip.offsetWidth : x + 14) + 'px';
    tip.style.top = Math.max(0, Math.min(y - 20, box.clientHeight - tip.offsetHeight)) + 'px';
  }

  box.style.height = Math.max(320, Math.min(640, rows * (spec.named && !spec.groups.length ? 14 : 1.5) + 92)) + 'px';
  box.style.maxHeight = 'none';
  canvas.style.display = 'block';
  tip.className = 'tip';
  tip.hidden = true;
  box.append(tip);
  canvas.onmousemove = hover;
  canvas.onmouseleave = () => { tip.hidden = true; };
  const watch = new ResizeObserver(redraw);
  watch.observe(box);
  redraw();
  return { destroy() { watch.disconnect(); tip.remove(); } };
}
