/** One chart of lines over time, drawn by uPlot into an element. */
import uPlot from 'uplot';

export interface LineChartOptions {
  /** Colours of the lines, of the text and of the grid, as the stylesheet gives them. */
  readonly colours: { readonly lines: readonly string[]; readonly text: string; readonly grid: string };
  readonly text: (value: number) => string;
  /** Distances between two lines of the grid; undefined: any round number. */
  readonly steps: readonly number[] | undefined;
  /** Called with the sample under the pointer; undefined: none. */
  readonly onPoint: (sample: number | undefined) => void;
}

export type LineData = readonly [seconds: readonly number[], ...lines: readonly (readonly (number | null)[])[]];

const heightPx = 180;

/** A chart shows at least this time, so that the first samples do not fill it. */
const secondsMin = 600;

/** Draws a chart in an element of the page, as wide as the element. */
export function drawLineChart(
  element: HTMLElement,
  data: LineData,
  { colours, text, steps, onPoint }: LineChartOptions,
): { setData(data: LineData): void; destroy(): void } {
  const axis = {
    stroke: colours.text,
    font: '12px system-ui',
    grid: { stroke: colours.grid, width: 1 },
    ticks: { show: false },
  };
  const chart = new uPlot(
    {
      width: element.clientWidth,
      height: heightPx,
      legend: { show: false },
      cursor: { sync: { key: 'load' }, drag: { x: false, y: false } },
      scales: {
        x: { range: (_chart, first, last) => [Math.min(first, last - secondsMin), last] },
        y: { range: (_chart, _lowest, highest) => [0, highest > 0 ? highest * 1.1 : 1] },
      },
      axes: [
        {
          ...axis,
          size: 30,
          space: 60,
          incrs: [60, 300, 600, 1_200],
          values: (_chart, seconds) => seconds.map(minuteText),
        },
        {
          ...axis,
          ...(steps === undefined ? {} : { incrs: [...steps] }),
          size: widthOf,
          values: (_chart, values) => values.map(text),
        },
      ],
      series: [
        {},
        ...colours.lines.map((stroke) => ({ stroke, width: 1.5, points: { show: false, size: 4, filter: isolated } })),
      ],
      hooks: { setCursor: [(drawn) => onPoint(drawn.cursor.idx ?? undefined)] },
    },
    aligned(data),
    element,
  );
  const resized = new ResizeObserver(() => chart.setSize({ width: element.clientWidth, height: heightPx }));
  resized.observe(element);
  return {
    setData: (next) => chart.setData(aligned(next)),
    destroy: () => {
      resized.disconnect();
      chart.destroy();
    },
  };
}

function aligned(data: LineData): uPlot.AlignedData {
  return data as unknown as uPlot.AlignedData;
}

function minuteText(seconds: number): string {
  return new Date(seconds * 1_000).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
}

/** As wide as the longest text: 7 px a character, and a gap. */
function widthOf(_chart: uPlot, values: readonly string[] | null): number {
  const longest = Math.max(0, ...(values ?? []).map((value) => value.length));
  return Math.max(44, 7 * longest + 16);
}

/** A value between two missing ones has no line, so it is drawn as a point. */
function isolated(chart: uPlot, line: number): number[] {
  const values = chart.data[line] as readonly (number | null)[];
  return [...values.keys()].filter(
    (index) => values[index] != null && values[index - 1] == null && values[index + 1] == null,
  );
}
