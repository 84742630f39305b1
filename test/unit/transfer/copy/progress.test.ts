import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { withProgress } from '../../../../src/transfer/copy/progress.ts';

/** A stream that collects what is written, with the erasing of a line as a word, and a clock. */
function reported(context: TestContext, terminal: { readonly isTTY?: boolean; readonly columns?: number }) {
  let text = '';
  let nowMs = 0;
  context.mock.method(performance, 'now', () => nowMs);
  process.env.TERM = 'xterm';
  process.env.NO_COLOR = '1';
  const stream = {
    ...terminal,
    write: (part: Uint8Array | string) => {
      text += part;
      return true;
    },
  };
  return {
    stream,
    pass: (ms: number) => {
      nowMs += ms;
    },
    take: () => {
      const taken = text.replaceAll('\r\x1b[K', '<erase>');
      text = '';
      return taken;
    },
  };
}

test('on a terminal a state replaces the one before, five times a second, and is erased before a line, a bar and the end', async (context) => {
  const { stream, pass, take } = reported(context, { isTTY: true, columns: 40 });
  await withProgress(async (progress) => {
    progress.show('at revision 1');
    assert.equal(take(), '<erase>at revision 1');
    pass(199);
    progress.show('at revision 2');
    assert.equal(take(), '');
    pass(1);
    progress.show('at revision 3');
    assert.equal(take().split('<erase>').at(-1), 'at revision 3');
    progress.print('a line');
    assert.equal(take(), '<erase>a line\n');
    pass(200);
    progress.show('x'.repeat(100));
    assert.equal(take().split('<erase>').at(-1), 'x'.repeat(39));
    progress.update('keys compared', 1);
    assert.equal(take(), '<erase><erase>keys compared: 1');
    pass(200);
    progress.show('at revision 4');
    assert.match(take(), /^<erase>(<erase>)?at revision 4$/);
  }, stream);
  assert.equal(take(), '<erase>');
});

test('without a terminal a state is a separate line every 5 s', async (context) => {
  const { stream, pass, take } = reported(context, {});
  await withProgress(async (progress) => {
    for (let revision = 1; revision <= 6; revision += 1) {
      progress.show(`at revision ${revision}`);
      pass(1_000);
    }
  }, stream);
  assert.equal(take(), 'at revision 1\nat revision 6\n');
});
