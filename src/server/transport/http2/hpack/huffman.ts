/**
 * HPACK's Huffman code (RFC 7541, appendix B). The code is canonical, so the code lengths define
 * it.
 */

/**
 * Bits of the code of each byte, `length*count` for runs. The 257th code, 30 bits of ones, is the
 * end of the string.
 */
const codeLengths = `13 23 28*7 24 30 28*2 30 28*8 30 28*9 6 10*2 12 13 6 8 11 10*2 8 11 8 6*3 5*3 6*7 7 8 15 6 12 10 13 6
  7*22 8 7 8 13 19 13 14 6 15 5 6 5 6 5 6*3 5 7*2 6*3 5 6 7 6 5*2 6 7*5 15 11 14 13 28 20 22 20*2 22*3 23 22 23*5 24 23
  24*2 22 23 24 23*4 21 22 23 22 23*2 24 22 21 20 22*2 23*2 21 23 22*2 24 21 22 23*2 21*2 22 21 23 22 23*2 20 22*3 23
  22*2 23 26*2 20 19 22 23 22 25 26*3 27*2 26 24 25 19 21 26 27*2 26 27 24 21*2 26*2 28 27*3 20 24 20 21 22 21*2 23
  22*2 25*2 24*2 26 23 26 27 26*2 27*5 28 27*5 26 30`;

const endOfString = 256;

/**
 * A node of the tree, with its branches for bit 0 and bit 1. A number is a byte (or the end);
 * undefined is not a code.
 */
interface Branch {
  zero: Branch | number | undefined;
  one: Branch | number | undefined;
}

const root = codeTree(parseLengths(codeLengths));

/** The text of a Huffman-coded string, or undefined when it is not one. */
export function huffmanDecode(bytes: Uint8Array): string | undefined {
  const decoded: number[] = [];
  let branch = root;
  // Bits since the last whole code. At the end, at most 7 bits may be left, all ones.
  let depth = 0;
  let isAllOnes = true;
  for (const byte of bytes) {
    for (let bit = 7; bit >= 0; bit -= 1) {
      const isOne = ((byte >> bit) & 1) === 1;
      const next = isOne ? branch.one : branch.zero;
      depth += 1;
      isAllOnes &&= isOne;
      if (next === undefined || next === endOfString) return undefined;
      if (typeof next === 'object') {
        branch = next;
        continue;
      }
      decoded.push(next);
      branch = root;
      depth = 0;
      isAllOnes = true;
    }
  }
  if (depth > 7 || !isAllOnes) return undefined;
  return Buffer.from(decoded).toString('latin1');
}

function parseLengths(text: string): readonly number[] {
  return text.split(/\s+/).flatMap((run) => {
    const [length = 0, count = 1] = run.split('*').map(Number);
    return Array.from({ length: count }, () => length);
  });
}

/** Canonical codes count up: shorter codes first, equal lengths in the order of their bytes. */
function codeTree(lengths: readonly number[]): Branch {
  const symbols = [...lengths.keys()].sort((a, b) => lengthOf(a) - lengthOf(b) || a - b);
  const tree: Branch = { zero: undefined, one: undefined };
  let code = 0;
  let codeLength = 0;
  for (const symbol of symbols) {
    code *= 2 ** (lengthOf(symbol) - codeLength);
    codeLength = lengthOf(symbol);
    insert(tree, symbol, { code, codeLength });
    code += 1;
  }
  return tree;

  function lengthOf(symbol: number): number {
    return lengths[symbol] ?? 0;
  }
}

function insert(
  tree: Branch,
  symbol: number,
  { code, codeLength }: { readonly code: number; readonly codeLength: number },
): void {
  let branch = tree;
  for (let bit = codeLength - 1; bit > 0; bit -= 1) {
    const side = ((code >>> bit) & 1) === 1 ? 'one' : 'zero';
    const next = branch[side];
    if (typeof next === 'object') {
      branch = next;
    } else {
      const grown: Branch = { zero: undefined, one: undefined };
      branch[side] = grown;
      branch = grown;
    }
  }
  branch[(code & 1) === 1 ? 'one' : 'zero'] = symbol;
}
