import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { DatabaseServer, type DatabaseServerOptions, startOnFreePort } from './database-server.ts';
import { mariadbProgram } from './paths.ts';

/**
 * Commits are durable, as by default: tests kill the server. Character set and collation are
 * Debian's.
 */
const settingsOfTests = {
  bind_address: '127.0.0.1',
  skip_name_resolve: 'on',
  character_set_server: 'utf8mb4',
  collation_server: 'utf8mb4_general_ci',
  max_connections: '300',
  max_allowed_packet: '64M',
  innodb_buffer_pool_size: '256M',
};

/** A MariaDB for tests, from Debian's packages. */
export class MariadbServer extends DatabaseServer {
  protected readonly stopSignal = 'SIGTERM';

  /** Makes a new server and starts it, which takes a second or two. */
  static start(options: DatabaseServerOptions = {}): Promise<MariadbServer> {
    return startOnFreePort((port) => new MariadbServer(port, options));
  }

  get url(): string {
    return `mysql://${this.user}:${this.password}@tcp(127.0.0.1:${this.port})/`;
  }

  override async prepare(): Promise<void> {
    await this.run(mariadbProgram('mariadb-install-db'), [
      '--no-defaults',
      `--datadir=${this.dataDirectory}`,
      // A server clears a shared directory when it starts.
      `--tmpdir=${this.directory}`,
      '--auth-root-authentication-method=normal',
      '--skip-test-db',
      '--skip-name-resolve',
    ]);
    const account = `'${this.user}'@'%'`;
    this.writeSecret(
      'init.sql',
      [
        `CREATE USER IF NOT EXISTS ${account} IDENTIFIED BY '${this.password}';`,
        `GRANT ALL ON *.* TO ${account} WITH GRANT OPTION;\n`,
      ].join('\n'),
    );
  }

  protected get program(): string {
    return mariadbProgram('mariadbd');
  }

  protected override command(settings: Readonly<Record<string, string>>): string[] {
    const files = {
      datadir: this.dataDirectory,
      tmpdir: this.directory,
      socket: join(this.directory, 'socket'),
      pid_file: join(this.directory, 'pid'),
      init_file: join(this.directory, 'init.sql'),
    };
    const all = { ...settingsOfTests, ...files, port: `${this.port}`, ...settings };
    const options = Object.entries(all).map(([name, value]) => `--${name}=${value}`);
    return [this.program, '--no-defaults', ...options];
  }

  protected override async connect(): Promise<void> {
    const { user, password, port } = this;
    const connection = await createConnection({ host: '127.0.0.1', port, user, password });
    await connection.end();
  }
}
