import { before, test } from 'node:test';
import { TINE_DRIVERS } from '../support/index.ts';
import { goRecipes, isChosen, runRecipe } from '../support/recipe-programs.ts';
import { twoServers } from '../support/two-servers.ts';

/** The recipes of test/recipes/go/main.go, and the property that each one checks. */
const recipes = {
  mutex: 'a mutex has one holder at a time, and IsOwner holds for that one only',
  'try-lock': 'TryLock of a held mutex fails, and the mutex is released when its session ends',
  rwmutex: 'an RWMutex has many readers or one writer',
  election: 'an election has one leader at a time, and all observers see the same leader',
  stm: 'software transactional memory loses no update at any isolation level',
  barrier: 'a barrier holds until it is released',
  'double-barrier': 'a double barrier lets all clients enter together and leave together',
  queue: 'a queue returns each item once',
  'priority-queue': 'a priority queue returns the most urgent item first',
  session: 'an orphaned session expires, and a session with keepalives does not',
  leasing: 'a leasing cache never returns a value overwritten through the other server',
  namespace: 'a namespace adds a prefix to its keys',
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
