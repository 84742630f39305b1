import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { DatabaseServer } from './database-server.ts';

/** Commits are durable, as by default: tests kill the server. */
const settingsOfTests = {
  bind_address: '127.0.0.1',
  skip_name_resolve: 'on',
  max_connections: '300',
  max_allowed_packet: '64M',
  innodb_buffer_pool_size: '256M',
};

/** What MariaDB and MySQL have in common as servers for tests. */
export abstract class MysqlFamilyServer extends DatabaseServer {
  protected readonly stopSignal = 'SIGTERM';

  get url(): string {
    return `mysql://${this.user}:${this.password}@tcp(127.0.0.1:${this.port})/`;
  }

  /** Writes the statements that create the user of the tests. The server runs them at its start. */
  protected writeInitFile(): void {
    const account = `'${this.user}'@'%'`;
    this.writeSecret(
      'init.sql',
      [
        `CREATE USER IF NOT EXISTS ${account} IDENTIFIED BY '${this.password}';`,
        `GRANT ALL ON *.* TO ${account} WITH GRANT OPTION;\n`,
      ].join('\n'),
    );
  }

  /** The options of the command line. Later settings override earlier ones. */
  protected options(...settings: readonly Readonly<Record<string, string>>[]): string[] {
    const files = {
      datadir: this.dataDirectory,
      tmpdir: this.directory,
      socket: join(this.directory, 'socket'),
      pid_file: join(this.directory, 'pid'),
      init_file: join(this.directory, 'init.sql'),
    };
    const all = Object.assign({}, settingsOfTests, files, { port: `${this.port}` }, ...settings);
    return Object.entries(all).map(([name, value]) => `--${name}=${value}`);
  }

  protected override async connect(): Promise<void> {
    const { user, password, port } = this;
    const connection = await createConnection({ host: '127.0.0.1', port, user, password });
    await connection.end();
  }
}
