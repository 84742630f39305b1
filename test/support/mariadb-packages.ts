import type { DebianPackage } from './debian-packages.ts';
import { findMariadbProgram, findOnPath } from './paths.ts';

/**
 * The packages that a MariaDB server needs: the programs without the service, the account and the
 * data of `mariadb-server`, and `my_print_defaults`, which `mariadb-install-db` calls.
 */
export function mariadbPackages(instead: string): readonly DebianPackage[] {
  return [
    { name: 'mariadb-server-core', isHere: () => findMariadbProgram('mariadbd') !== undefined, instead },
    { name: 'mariadb-client-core', isHere: () => findOnPath('my_print_defaults') !== undefined, instead },
  ];
}
