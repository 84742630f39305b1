import { type FunctionComponent, render } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { data, type Settings } from './api.ts';
import { Failure } from './parts/failure.tsx';
import { SignIn } from './parts/sign-in.tsx';
import { addressOf, type Route, useRoute, type ViewName, viewNames } from './route.ts';
import { session } from './session.ts';
import { applyTheme, chosenTheme, type Theme, themes } from './theme.ts';
import { useData } from './use-data.ts';
import { ClusterView } from './views/cluster.tsx';
import { EventsView } from './views/events.tsx';
import { KeysView } from './views/keys.tsx';
import { LoadView } from './views/load.tsx';
import type { ViewProps } from './views/view.ts';

const views: Record<ViewName, FunctionComponent<ViewProps>> = {
  keys: KeysView,
  // One component, so that the tree stays as it is when a key is opened.
  value: KeysView,
  events: EventsView,
  load: LoadView,
  cluster: ClusterView,
};

const titles: Record<ViewName, string> = {
  keys: 'Keys',
  value: 'Value',
  events: 'Events',
  load: 'Load',
  cluster: 'Cluster',
};

applyTheme(chosenTheme());
render(<Page />, document.body);

function Page() {
  const route = useRoute();
  const current = useSession();
  useEffect(() => {
    document.title = `${titles[route.view]} - tine`;
  }, [route.view]);
  return (
    <>
      <button type="button" class="skip" onClick={() => document.getElementById('content')?.focus()}>
        Skip to the content
      </button>
      <Header view={route.view} user={current.user} />
      <main id="content" tabIndex={-1}>
        {current.isRefused ? <SignIn /> : <Content key={current.user ?? ''} route={route} />}
      </main>
    </>
  );
}

function Content({ route }: { readonly route: Route }) {
  const settings = useData((signal) => data<Settings>('settings', { signal }), []);
  if (settings.state === 'loading') return null;
  if (settings.state === 'failed') return <Failure error={settings.error} onRetry={settings.reload} />;
  if (settings.value.authEnabled && session.token === undefined) return <SignIn />;
  const View = views[route.view];
  return <View name={route.view} argument={route.argument} settings={settings.value} />;
}

function Header({ view, user }: { readonly view: ViewName; readonly user: string | undefined }) {
  return (
    <header>
      <strong class="brand">tine</strong>
      <nav aria-label="Views">
        {viewNames.map((name) => (
          <a
            key={name}
            href={addressOf(name)}
            aria-current={name === view || (name === 'keys' && view === 'value') ? 'page' : undefined}
          >
            {titles[name]}
          </a>
        ))}
      </nav>
      <div class="user">
        <ThemeChoice />
        {user !== undefined && (
          <button type="button" onClick={() => session.end({ isRefused: true })}>
            Sign out {user}
          </button>
        )}
      </div>
    </header>
  );
}

function ThemeChoice() {
  const [theme, setTheme] = useState<Theme>(chosenTheme);
  const choose = (chosen: Theme) => {
    applyTheme(chosen);
    setTheme(chosen);
  };
  return (
    <select aria-label="Colours" value={theme} onChange={({ currentTarget }) => choose(currentTarget.value as Theme)}>
      {themes.map((name) => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </select>
  );
}

function useSession() {
  const [current, setCurrent] = useState(session.current);
  useEffect(() => session.onChange(setCurrent), []);
  return current;
}
