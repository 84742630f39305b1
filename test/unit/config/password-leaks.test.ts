import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { dsnText, parseDsn } from '../../../src/config/database/database-dsn.ts';
import { flagShape } from '../../../src/config/given-options.ts';
import { splitCommandLine } from '../../../src/config/go-flags.ts';
import { loadConfig } from '../../../src/config/load-config.ts';
import { redact } from '../../../src/config/redact.ts';

const ROUNDS = 2000;
const ODD = [...'@:/?#%&=+ ()[]{}\'"\\,;.~!$^*<>|`-_\t\n\0é€😀tcpunix'];
const LETTERS = [...'abcdefghijkmnopqrsvwyz23456789'];

/** Random numbers, equal for equal seeds (mulberry32). */
function randomOf(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * bound);
  };
}

type Write = (password: string) => string;

const raw: Write = (password) => password;
const encoded: Write = (password) => encodeURIComponent(password);

/** Complete addresses, valid and invalid ones, as functions of a password. */
const WHOLE: readonly (readonly [Write, (password: string) => string])[] = [
  [encoded, (password) => `postgres://me:${password}@h1,h2:1/db?sslmode=require&unknown=1`],
  [encoded, (password) => `postgres://me@h/db?password=${password}`],
  [encoded, (password) => `mysql://me:${password}@h:1/db`],
  [raw, (password) => `mysql://me:${password}@tcp(h:1)/db?tls=true&unknown=1`],
  [raw, (password) => `mysql://me:${password}@unix(/run/x)/`],
];

/** Malformed addresses: mostly refused, and the error must not show the password. */
const BROKEN: readonly ((password: string) => string)[] = [
  (password) => `postgres://me:${password}@h/db`,
  (password) => `postgres://me:${password}@h:port/db`,
  (password) => `postgres://me:${password}@/`,
  (password) => `postgres://:${password}@h`,
  (password) => `postgres://me:${password}@h?sslmode=never`,
  (password) => `mysql://me:${password}@h/db`,
  (password) => `mysql://me:${password}@tcp(h:port)/db`,
  (password) => `mysql://me:${password}@tcp(h`,
  (password) => `http://me:${password}@h:2379`,
  (password) => `mongo://me:${password}@h`,
  (password) => `me:${password}@tcp(h)/db`,
  (password) => `me:${password}@h`,
  (password) => `postgres:/me:${password}@h`,
  (password) => `host=h password=${password}`,
];

/** Addresses without a host. */
const CUT_OFF: readonly ((password: string) => string)[] = [
  (password) => `postgres://me:${password}`,
  (password) => `mysql://me:${password}`,
];

/**
 * Without its host, every parser reads `me:52/x` as host, port and database. The same holds for
 * what follows an @.
 */
const readsAsHost = (password: string): boolean => /@|^\d{1,5}[/?,]/.test(password);

/** Everything of an address that a person or a log can see. */
function shownOf(endpoint: string, environment: Readonly<Record<string, string>> = {}): readonly string[] {
  const { flags } = splitCommandLine([`--endpoint=${endpoint}`], flagShape);
  try {
    const { config, notes } = loadConfig(flags, environment);
    return [dsnText(config.endpoint), redact(JSON.stringify(config)), ...notes];
  } catch (error) {
    assert.ok(error instanceof Error);
    return [error.message, inspect(error)];
  }
}

test('no password is shown, whatever characters it has', () => {
  const seed = Number(process.env.TINE_TEST_SEED ?? Date.now() % 1_000_000_000);
  const random = randomOf(seed);
  const pick = <Item>(items: readonly Item[]): Item => items[random(items.length)] as Item;
  for (let round = 0; round < ROUNDS; round++) {
    const length = 8 + random(12);
    const password = Array.from({ length }, () => pick(random(2) === 0 ? ODD : LETTERS)).join('');
    const context = `seed ${seed}, password ${JSON.stringify(password)}`;
    const assertHidden = (endpoint: string, environment: Readonly<Record<string, string>> = {}): void => {
      for (const shown of shownOf(endpoint, environment)) {
        for (const form of [password, encodeURIComponent(password), JSON.stringify(password).slice(1, -1)]) {
          assert.ok(!shown.includes(form), `${context}: ${endpoint} shows ${shown}`);
        }
      }
    };

    const [write, address] = pick(WHOLE);
    const endpoint = address(write(password));
    const { dsn } = parseDsn(endpoint);
    assert.equal(dsn.kind === 'sqlite' ? undefined : dsn.password, password, context);
    assertHidden(endpoint);
    assertHidden(pick(BROKEN)(password));
    if (!readsAsHost(password)) assertHidden(pick(CUT_OFF)(password));
    assertHidden('postgres://me@h/db', { TINE_DATASTORE_PASSWORD: password });
  }
});
