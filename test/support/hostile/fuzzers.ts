import type { Attack } from './attacker.ts';
import { frameFuzzer } from './frame-fuzzer.ts';
import { jsonFuzzer } from './json-fuzzer.ts';
import { messageFuzzer } from './message-fuzzer.ts';
import { tlsFuzzer } from './tls-fuzzer.ts';
import { webSocketFuzzer } from './web-socket-fuzzer.ts';

/**
 * Attacks that send random items. The counts are for a short run. 100 times the counts are 10^6
 * frames and messages, and 10^5 bodies and WebSocket frames.
 */
export const fuzzers: readonly { readonly fuzzer: Attack; readonly itemCount: number }[] = [
  { fuzzer: frameFuzzer, itemCount: 10_000 },
  { fuzzer: messageFuzzer, itemCount: 10_000 },
  { fuzzer: jsonFuzzer, itemCount: 1_000 },
  { fuzzer: webSocketFuzzer, itemCount: 1_000 },
  { fuzzer: tlsFuzzer, itemCount: 200 },
];
