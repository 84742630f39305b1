/**
 * Measures the codec against libraries: `node bench/codec.ts [DIRECTORY]`. The first run installs
 * the libraries into the directory (default: one in the system's temporary directory) and generates
 * their code from proto/. Results: codec.md.
 */
import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Candidate, loadCandidates } from './codec/candidates.ts';
import { workload } from './codec/workload.ts';

const secondsPerSample = 0.15;
const sampleCount = 7;

const directory = process.argv[2] ?? join(tmpdir(), 'tine-codec-candidates');
const candidates = await loadCandidates(directory);

for (const candidate of candidates) assertAgrees(candidate);
for (const measurement of ['decodePut', 'decodeTxn', 'encodeTxnResponse', 'encodeRangeResponse'] as const) {
  for (const candidate of candidates) {
    const nanoseconds = bestTime(candidate[measurement]);
    console.log(`${measurement.padEnd(20)} ${candidate.name.padEnd(18)} ${readable(nanoseconds)}`);
  }
}

/**
 * Checks that a candidate does the same work: output of another length would be measured with less
 * work. Some libraries round ids, so only the lengths are compared.
 */
function assertAgrees(candidate: Candidate): void {
  assert.equal(candidate.encodeTxnResponse().length, workload.txnResponse.length, candidate.name);
  assert.equal(candidate.encodeRangeResponse().length, workload.rangeResponse.length, candidate.name);
}

/**
 * Nanoseconds per call: the best of several samples, because other work on a machine only adds
 * time.
 */
function bestTime(call: () => unknown): number {
  let best = Number.POSITIVE_INFINITY;
  for (let sample = 0; sample < sampleCount; sample++) {
    const start = process.hrtime.bigint();
    const end = start + BigInt(secondsPerSample * 1e9);
    let count = 0;
    let now = start;
    while (now < end) {
      for (let batch = 0; batch < 8; batch++) call();
      count += 8;
      now = process.hrtime.bigint();
    }
    best = Math.min(best, Number(now - start) / count);
  }
  return best;
}

function readable(nanoseconds: number): string {
  return nanoseconds < 1e5 ? `${nanoseconds.toFixed(0)} ns` : `${(nanoseconds / 1e6).toFixed(2)} ms`;
}
