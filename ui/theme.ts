/** Light, dark, or as the system is set. The choice stays in the browser (localStorage). */
export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

const storageName = 'tine-theme';

export function chosenTheme(): Theme {
  const stored = localStorage.getItem(storageName);
  return themes.find((theme) => theme === stored) ?? 'system';
}

/** The stylesheet reads the attribute `data-theme` of the document. */
export function applyTheme(theme: Theme): void {
  localStorage.setItem(storageName, theme);
  document.documentElement.dataset.theme = theme;
}
