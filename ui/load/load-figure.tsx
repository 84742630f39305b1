import { useEffect, useRef, useState } from 'preact/hooks';
import type { LoadReply } from '../../src/server/ui/replies.ts';
import { clockText } from '../parts/quantities.ts';
import { useScheme } from '../parts/use-scheme.ts';
import { drawLineChart, type LineData } from './line-chart.ts';
import type { LoadChart, LoadLine } from './load-charts.ts';

interface LoadFigureProps {
  readonly chart: LoadChart;
  readonly load: LoadReply;
}

/** A chart and its numbers: now, or under the pointer, and the highest of the hour. */
export function LoadFigure({ chart, load }: LoadFigureProps) {
  const figure = useRef<HTMLElement>(null);
  const canvas = useRef<HTMLDivElement>(null);
  const drawn = useRef<ReturnType<typeof drawLineChart>>(null);
  const [pointed, setPointed] = useState<number>();
  const scheme = useScheme();
  const data = lineData(chart, load);

  useEffect(() => {
    if (figure.current === null || canvas.current === null) return;
    drawn.current = drawLineChart(canvas.current, data, {
      colours: coloursIn(figure.current),
      text: chart.text,
      steps: chart.steps,
      onPoint: setPointed,
    });
    return () => drawn.current?.destroy();
  }, [chart, scheme]);

  useEffect(() => drawn.current?.setData(data), [load]);

  const sample = pointed ?? load.unixMs.length - 1;
  return (
    <figure class="load-figure" ref={figure}>
      <figcaption>
        <h2>{chart.title}</h2>
        <p class="quiet">{chart.about}</p>
      </figcaption>
      <div role="img" aria-label={`Chart of the last hour: ${chart.title}. The table below has the numbers.`}>
        <div ref={canvas} class="load-canvas" aria-hidden="true" />
      </div>
      <table>
        <thead>
          <tr>
            <th scope="col">{chart.title}</th>
            <th scope="col" class="number">
              {pointed === undefined ? 'Now' : clockText(load.unixMs[sample] ?? 0)}
            </th>
            <th scope="col" class="number">
              Highest
            </th>
          </tr>
        </thead>
        <tbody>
          {chart.lines.map((line, index) => (
            <LineRow key={line.series} line={line} index={index} sample={sample} chart={chart} load={load} />
          ))}
        </tbody>
      </table>
    </figure>
  );
}

interface LineRowProps extends LoadFigureProps {
  readonly line: LoadLine;
  readonly index: number;
  readonly sample: number;
}

function LineRow({ line, index, sample, chart: { text }, load }: LineRowProps) {
  const values = valuesOf(load, line);
  const known = values.filter((value) => value !== null);
  return (
    <tr>
      <th scope="row">
        <span class={`swatch line-${index + 1}`} aria-hidden="true" />
        {line.label}
      </th>
      <td class="number">{shown(values[sample], text)}</td>
      <td class="number">{shown(known.length === 0 ? null : Math.max(...known), text)}</td>
    </tr>
  );
}

function shown(value: number | null | undefined, text: (value: number) => string): string {
  return value === null || value === undefined ? '–' : text(value);
}

function valuesOf({ series }: LoadReply, line: LoadLine): readonly (number | null)[] {
  return series[line.series] ?? [];
}

function lineData({ lines }: LoadChart, load: LoadReply): LineData {
  return [load.unixMs.map((ms) => ms / 1_000), ...lines.map((line) => valuesOf(load, line))];
}

/** The stylesheet has the colours; a canvas must be given them. */
function coloursIn(figure: HTMLElement) {
  const colourOf = (element: Element | null) => (element === null ? 'gray' : getComputedStyle(element).color);
  return {
    lines: [...figure.querySelectorAll('.swatch')].map(colourOf),
    text: colourOf(figure.querySelector('.quiet')),
    grid: colourOf(figure.querySelector('.load-canvas')),
  };
}
