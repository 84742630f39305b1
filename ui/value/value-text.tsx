import { useMemo, useState } from 'preact/hooks';
import { Choice } from '../parts/choice.tsx';
import { Scrolled } from '../parts/scrolled.tsx';
import type { DecodedValue } from './decode-value.ts';
import { type FormName, formsOf, textOfForm } from './value-forms.ts';

const titles = { yaml: 'YAML', json: 'JSON', text: 'Text', hex: 'Hex' } as const;

/** Bytes of which the text is made at first, and characters that are shown: 100 ms of layout. */
const firstBytesMax = {
  hex: 64 * 1024,
  text: 512 * 1024,
  json: Number.POSITIVE_INFINITY,
  yaml: Number.POSITIVE_INFINITY,
};
const firstCharactersMax = 512 * 1024;

interface ValueTextProps {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly decoded: DecodedValue;
}

/** A value in the form that the user chooses. */
export function ValueText({ bytes, decoded }: ValueTextProps) {
  const forms = formsOf(decoded);
  const [chosen, setChosen] = useState<FormName>();
  const [isWhole, setWhole] = useState(false);
  const form = chosen !== undefined && forms.includes(chosen) ? chosen : (forms[0] as FormName);
  const { text, isCut } = useMemo(() => cutText(form, bytes, decoded, isWhole), [form, bytes, decoded, isWhole]);
  return (
    <>
      <Choice label="Show as" names={forms} titles={titles} chosen={form} onChoose={setChosen} />
      <Scrolled class="shown" label={`Value as ${titles[form]}`}>
        <pre class={form}>{text === '' ? <span class="quiet">The value is empty.</span> : text}</pre>
      </Scrolled>
      {isCut && (
        <button type="button" onClick={() => setWhole(true)}>
          Show the rest
        </button>
      )}
    </>
  );
}

function cutText(form: FormName, bytes: Uint8Array<ArrayBuffer>, decoded: DecodedValue, isWhole: boolean) {
  if (isWhole) return { text: textOfForm(form, bytes, decoded), isCut: false };
  const first = bytes.subarray(0, firstBytesMax[form]);
  const text = textOfForm(form, first, decoded);
  const isCut = first.length < bytes.length || text.length > firstCharactersMax;
  return { text: text.slice(0, firstCharactersMax), isCut };
}
