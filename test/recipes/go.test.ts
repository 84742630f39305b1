import { before, test } from 'node:test';
import { TINE_DRIVERS } from '../support/index.ts';
import { goRecipes, isChosen, runRecipe } from '../support/recipe-programs.ts';
import { twoServers } from '../support/two-servers.ts';

/** What test/recipes/go/main.go knows, and what of it is promised. */
const recipes = {
  mutex: 'mutexes let one in at a time, and the owner knows that it is one',
  'try-lock': 'a mutex that is held is refused to who only tries, and goes with its session',
  rwmutex: 'readers are inside together, a writer alone',
  election: 'elections have one leader at a time, whom all see',
  stm: 'transactional memory loses nothing, at every level of isolation',
  barrier: 'a barrier holds until it is released',
  'double-barrier': 'a double barrier lets all in together, and all out',
  queue: 'a queue gives each item once',
  'priority-queue': 'a priority queue gives the most urgent first',
  session: 'a session that is orphaned ends, one that is kept alive does not',
  leasing: 'a leasing cache never shows what was overwritten through the other server',
  namespace: 'a namespace is a prefix',
};

if (isChosen('go')) {
  let program: string[] = [];
  before(async () => {
    program = await goRecipes();
  });

  for (const driver of TINE_DRIVERS.slice(0, 2)) {
    const servers = twoServers(driver);
    for (const [recipe, promise] of Object.entries(recipes)) {
      test(`${driver.name}: through two instances, Go's client: ${promise}`, () =>
        runRecipe(program, { addresses: servers.addresses, prefix: `/${recipe}/`, recipe }));
    }
  }
}
