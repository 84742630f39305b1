import { Document, isMap, visit } from 'yaml';
import { shownBytes } from '../bytes.ts';
import type { Plain } from '../kubernetes/field-tree.ts';
import type { KubernetesObject } from '../kubernetes/kubernetes-object.ts';
import { prettyJson } from '../parse-json.ts';
import type { DecodedValue } from './decode-value.ts';

/** A way to show a value. */
export type FormName = 'yaml' | 'json' | 'text' | 'hex';

/** The forms that a value has, best first. Every value has text and hex. */
export function formsOf({ kind }: DecodedValue): readonly FormName[] {
  switch (kind) {
    case 'kubernetes':
      return ['yaml', 'json', 'text', 'hex'];
    case 'json':
      return ['json', 'text', 'hex'];
    case 'text':
    case 'empty':
      return ['text', 'hex'];
    case 'encrypted':
    case 'undecoded':
    case 'binary':
      return ['hex', 'text'];
  }
}

/** A value in a form that it has. */
export function textOfForm(form: FormName, bytes: Uint8Array, decoded: DecodedValue): string {
  switch (form) {
    case 'yaml':
      return decoded.kind === 'kubernetes' ? yamlOf(decoded.object) : '';
    case 'json':
      return prettyJson(jsonOf(decoded));
    case 'text':
      return 'text' in decoded && decoded.text !== undefined ? decoded.text : shownBytes(bytes);
    case 'hex':
      return hexDump(bytes);
  }
}

const noNames = '# Fields without names: their numbers in the protobuf of this kind are shown.\n';

/**
 * Text that kubectl reads as it is: its YAML 1.1 takes an unquoted `yes` for a boolean, so `compat`
 * quotes it. Managed fields are long and rarely read: each is one line, so that the rest is not
 * far below.
 */
function yamlOf({ whole, isNamed }: KubernetesObject): string {
  const document = new Document(whole, { aliasDuplicateObjects: false, compat: 'yaml-1.1' });
  visit(document, {
    Pair(_, { key, value }) {
      if (String(key) !== 'fieldsV1' || !isMap(value)) return undefined;
      value.flow = true;
      return visit.SKIP;
    },
  });
  const yaml = document.toString({ lineWidth: 0 });
  return isNamed ? yaml : yaml.replace(/^fields:/m, `${noNames}fields:`);
}

/** The text of JSON as it is stored, or made of an object in protobuf. */
function jsonOf(decoded: DecodedValue): string {
  if ('text' in decoded && decoded.text !== undefined) return decoded.text;
  return decoded.kind === 'kubernetes' ? jsonText(decoded.object.whole) : '';
}

/** As `JSON.stringify`, with all digits of integers. */
function jsonText(plain: Plain): string {
  if (typeof plain === 'bigint') return String(plain);
  if (typeof plain !== 'object' || plain === null) return JSON.stringify(plain);
  if (Array.isArray(plain)) return `[${plain.map(jsonText).join()}]`;
  return `{${Object.entries(plain)
    .map(([name, value]) => `${JSON.stringify(name)}:${jsonText(value)}`)
    .join()}}`;
}

const bytesPerLine = 16;

/** `00000000  68 65 6c 6c 6f ...  |hello|`, 16 bytes a line. */
function hexDump(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += bytesPerLine) {
    const part = [...bytes.subarray(at, at + bytesPerLine)];
    const hex = part.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const text = part.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
    lines.push(`${at.toString(16).padStart(8, '0')}  ${hex.padEnd(bytesPerLine * 3 - 1)}  |${text}|`);
  }
  return lines.join('\n');
}
