import { stringify } from 'yaml';
import { shownBytes } from '../bytes.ts';
import type { DecodedValue } from './decode-value.ts';
import type { KubernetesObject } from './kubernetes-object.ts';
import { prettyJson } from './parse-json.ts';

/** A way to show a value. */
export type FormName = 'yaml' | 'json' | 'text' | 'hex';

/** The forms that a value has, best first. Every value has text and hex. */
export function formsOf({ kind, ...decoded }: DecodedValue): readonly FormName[] {
  switch (kind) {
    case 'kubernetes':
      return 'text' in decoded && decoded.text !== undefined
        ? ['yaml', 'json', 'text', 'hex']
        : ['yaml', 'text', 'hex'];
    case 'json':
      return ['json', 'text', 'hex'];
    case 'text':
    case 'empty':
      return ['text', 'hex'];
    case 'encrypted':
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
      return prettyJson(('text' in decoded ? decoded.text : undefined) ?? '');
    case 'text':
      return 'text' in decoded && decoded.text !== undefined ? decoded.text : shownBytes(bytes);
    case 'hex':
      return hexDump(bytes);
  }
}

const noNames = '# Fields without names: their numbers in the protobuf of this kind are shown.\n';

function yamlOf({ whole, form }: KubernetesObject): string {
  const yaml = stringify(whole, { lineWidth: 0, aliasDuplicateObjects: false });
  return form === 'json' ? yaml : yaml.replace(/^fields:/m, `${noNames}fields:`);
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
