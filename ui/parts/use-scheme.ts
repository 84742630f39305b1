import { useEffect, useState } from 'preact/hooks';

/**
 * A number that changes when the colours change: by the choice in the header, or by the system. A
 * canvas does not follow the stylesheet by itself.
 */
export function useScheme(): number {
  const [changes, setChanges] = useState(0);
  useEffect(() => {
    const onChange = () => setChanges((count) => count + 1);
    const ofSystem = matchMedia('(prefers-color-scheme: dark)');
    const ofPage = new MutationObserver(onChange);
    ofSystem.addEventListener('change', onChange);
    ofPage.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    return () => {
      ofSystem.removeEventListener('change', onChange);
      ofPage.disconnect();
    };
  }, []);
  return changes;
}
