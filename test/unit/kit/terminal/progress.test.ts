import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ProgressTask, startProgress } from '../../../../src/kit/terminal/progress.ts';

/** A stream that collects what is written, and a clock that the test moves. */
function reported(task: ProgressTask, terminal?: { readonly columns: number }) {
  let text = '';
  let atMs = 1_000;
  const stream = {
    write: (part: string) => {
      text += part;
      return true;
    },
    ...(terminal === undefined ? {} : { isTTY: true, columns: terminal.columns }),
  };
  const progress = startProgress(task, stream as never, () => atMs);
  return {
    progress,
    pass: (ms: number) => {
      atMs += ms;
    },
    /** Returns what was written since the last call, with escape codes shown as words. */
    take: () => {
      const taken = text.replaceAll('\r\x1b[K', '<erase>');
      text = '';
      return taken;
    },
  };
}

/** Runs a test with other variables of the environment. */
function withVariables(variables: NodeJS.ProcessEnv, run: () => void): void {
  const before = process.env;
  process.env = { ...before, NO_COLOR: undefined, TERM: 'xterm', ...variables };
  try {
    run();
  } finally {
    process.env = before;
  }
}

test('a line every 5 s has the share, the rate and the time left, if the output is no terminal', () => {
  const { progress, pass, take } = reported({ what: 'rows copied', total: 5_000 });
  pass(4_999);
  progress.advance(1_000);
  assert.equal(take(), '');
  pass(1);
  progress.advance(200);
  assert.equal(take(), 'rows copied: 1,200 of 5,000 (24 %), 240/s, 16 s left\n');
  pass(4_999);
  progress.advance(1);
  progress.finish();
  assert.equal(take(), '');
});

test('without a terminal, work that ends before the first interval prints nothing', () => {
  const { progress, pass, take } = reported({ what: 'checking', total: 10, unit: 'steps' });
  pass(4_999);
  progress.advance(10);
  progress.finish();
  assert.equal(take(), '');
});

test('a terminal has a bar at once, before the first step', () => {
  withVariables({ NO_COLOR: '1' }, () => {
    const { progress, take } = reported({ what: 'checking', total: 10, unit: 'steps' }, { columns: 80 });
    assert.equal(take(), `<erase>checking [>${' '.repeat(29)}]   0 %  0 of 10 steps`);
    progress.finish();
    assert.equal(take(), '<erase>');
  });
});

test('a terminal has a bar that is drawn at most 5 times a second and removed at the end', () => {
  withVariables({ NO_COLOR: '1' }, () => {
    const { progress, pass, take } = reported({ what: 'rows copied', total: 1_000 }, { columns: 100 });
    take();
    let drawn = 0;
    for (let step = 0; step < 1_000; step += 1) {
      pass(1);
      progress.advance(1);
      const text = take();
      if (text !== '') drawn += 1;
      if (step === 599)
        assert.equal(
          text,
          `<erase>rows copied [${'='.repeat(18)}>${' '.repeat(11)}]  60 %  600 of 1,000, 1,000/s, 1 s left`,
        );
    }
    assert.equal(drawn, 5);
    progress.finish();
    assert.equal(take(), '<erase>');
  });
});

test('a narrow terminal has a bar without the counts', () => {
  withVariables({ NO_COLOR: '1' }, () => {
    const { progress, pass, take } = reported({ what: 'rows copied', total: 1_000 }, { columns: 50 });
    take();
    pass(1_000);
    progress.advance(500);
    assert.equal(take(), '<erase>rows copied [======>     ]  50 %  500/s, 1 s left');
  });
});

test('no drawn line is longer than the terminal, so that it can be erased', () => {
  withVariables({ NO_COLOR: '1' }, () => {
    for (const columns of [10, 40, 60, 200]) {
      const { progress, pass, take } = reported(
        { what: 'ids of a database with a long name compared', total: 1e12 },
        { columns },
      );
      take();
      pass(1_000);
      progress.advance(1e9);
      const line = take().replace('<erase>', '');
      assert.ok(line.length > 0 && line.length < columns, `${columns}: ${line}`);
    }
  });
});

test('the bar is green, and has no colour with NO_COLOR', () => {
  const drawn = (): string => {
    const { progress, pass, take } = reported({ what: 'copying', total: 2 }, { columns: 80 });
    pass(1_000);
    progress.advance(1);
    return take();
  };
  withVariables({}, () => assert.ok(drawn().includes('\x1b[32m========')));
  withVariables({ NO_COLOR: '1' }, () => assert.ok(!drawn().replace('<erase>', '').includes('\x1b')));
});

test('a dumb terminal gets plain lines', () => {
  withVariables({ TERM: 'dumb' }, () => {
    const { progress, pass, take } = reported({ what: 'copying', total: 2 }, { columns: 80 });
    pass(5_000);
    progress.advance(1);
    assert.equal(take(), 'copying: 1 of 2 (50 %), 0.2/s, 5 s left\n');
  });
});

test('without a total there is the rate alone, and bytes are shown in their units', () => {
  const { progress, pass, take } = reported({ what: 'saving a.db', unit: 'bytes' });
  pass(5_000);
  progress.advance(50 * 1024 ** 2);
  assert.equal(take(), 'saving a.db: 50.0 MiB, 10.0 MiB/s\n');
});

test('what an earlier run did counts in the share and not in the rate', () => {
  const { progress, pass, take } = reported({ what: 'copying', unit: 'keys', total: 1_000_000, done: 900_000 });
  pass(5_000);
  progress.reach(905_000);
  assert.equal(take(), 'copying: 905,000 of 1,000,000 keys (90 %), 1,000/s, 1 min 35 s left\n');
});
