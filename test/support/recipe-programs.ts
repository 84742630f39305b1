/**
 * Programs that run recipes with etcd's clients in other languages. They are built once, and again
 * when their sources change.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { childEnvironment } from './child-environment.ts';
import { findOnPath, goPrograms, repositoryRoot } from './paths.ts';
import { watchChild } from './reaper.ts';

/** Languages of clients. JavaScript needs nothing besides Node. */
const languages = ['javascript', 'go', 'python'] as const;
export type Language = (typeof languages)[number];

const recipesDirectory = join(repositoryRoot, 'test', 'recipes');
/**
 * `npm ci` removes this directory. Go and pip keep their downloads and compiled files elsewhere.
 */
const cacheDirectory = join(repositoryRoot, 'node_modules', '.cache', 'recipes');

/**
 * Allows for downloads over a slow network, and for Go's compiler, which takes 25 s of a processor
 * for all imports of the client.
 */
const buildTimeoutMs = 300_000;
const recipeTimeoutMs = 60_000;

/**
 * Whether the recipes of a language run: by default all, or the comma-separated languages in
 * TINE_TEST_RECIPES.
 */
export function isChosen(language: Language): boolean {
  const chosen = process.env.TINE_TEST_RECIPES;
  if (!chosen) return true;
  const names = chosen.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !languages.some((known) => known === name));
  if (unknown !== undefined) throw new Error(`TINE_TEST_RECIPES names ${unknown}; it can name ${languages.join(', ')}`);
  return names.includes(language);
}

/** Compiles test/recipes/go. Returns the command that runs it. */
export async function goRecipes(): Promise<string[]> {
  const directory = join(recipesDirectory, 'go');
  const [found] = goPrograms();
  const go = required('go', found, 'install Go 1.19 or newer (Debian: golang-go; npm test does so as root)');
  const version = await outputOf([go, 'version']);
  const program = await cached(
    'go',
    [version, ...(await contents(directory, ['go.mod', 'go.sum', 'main.go']))],
    (path) =>
      outputOf([go, 'build', '-mod=readonly', '-o', path, '.'], {
        directory,
        environment: { CGO_ENABLED: '0' },
      }),
  );
  return [program];
}

/**
 * Makes a virtual environment with the packages of test/recipes/python. Returns the command that
 * runs recipes.py in it.
 */
export async function pythonRecipes(): Promise<string[]> {
  const directory = join(recipesDirectory, 'python');
  const python = required(
    'python3',
    findOnPath('python3'),
    'install Python 3.9 or newer with venv (Debian: python3-venv; npm test does so as root)',
  );
  const version = await outputOf([python, '--version']);
  const requirements = join(directory, 'requirements.txt');
  const environment = await cached(
    'python',
    [version, ...(await contents(directory, ['requirements.txt']))],
    async (path) => {
      await outputOf([python, '-m', 'venv', path]);
      await outputOf([join(path, 'bin', 'python'), '-m', 'pip', 'install', '--quiet', '--requirement', requirements]);
    },
  );
  return [join(environment, 'bin', 'python'), join(directory, 'recipes.py')];
}

/**
 * Runs a recipe of one of these programs through two servers. Fails with the output of the program.
 */
export async function runRecipe(
  [program = '', ...programArguments]: readonly string[],
  {
    addresses,
    prefix,
    recipe,
  }: { readonly addresses: readonly string[]; readonly prefix: string; readonly recipe: string },
): Promise<void> {
  await outputOf([program, ...programArguments, ...addresses, prefix, recipe], { timeoutMs: recipeTimeoutMs });
}

function required(program: string, path: string | undefined, advice: string): string {
  if (path === undefined) {
    throw new Error(
      `${program} is not on this machine: ${advice}, or choose other recipes, as in TINE_TEST_RECIPES=javascript`,
    );
  }
  return path;
}

function contents(directory: string, files: readonly string[]): Promise<string[]> {
  return Promise.all(files.map((file) => readFile(join(directory, file), 'utf8')));
}

/**
 * The path of the file that `make` creates from the ingredients. It appears only when it is
 * complete.
 */
async function cached(
  name: string,
  ingredients: readonly string[],
  make: (path: string) => Promise<unknown>,
): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(ingredients)).digest('hex').slice(0, 16);
  const path = join(cacheDirectory, `${name}-${hash}`);
  const done = `${path}.done`;
  if (existsSync(done)) return path;
  await rm(path, { recursive: true, force: true });
  await mkdir(cacheDirectory, { recursive: true });
  await make(path);
  await mkdir(`${done}.${process.pid}`, { recursive: true });
  await rename(`${done}.${process.pid}`, done);
  return path;
}

interface RunOptions {
  readonly directory?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

async function outputOf(
  [program = '', ...programArguments]: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const { directory = repositoryRoot, environment = {}, timeoutMs = buildTimeoutMs } = options;
  const child = spawn(program, programArguments, {
    cwd: directory,
    env: childEnvironment({ ...environment, PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION: 'python' }),
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
  });
  watchChild(child);
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const [status, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (...how) => resolve(how));
  });
  if (status !== 0) {
    const command = [program, ...programArguments].join(' ');
    throw new Error(`${command} ended with ${status ?? signal}:\n${output}${errors}`);
  }
  return output.trim();
}
