import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { DatabaseServer, type DatabaseServerOptions, startOnFreePort } from './database-server.ts';
import { mysqldCommand } from './mysql-package.ts';

/** Commits are durable, as by default: tests kill the server. */
const settingsOfTests = {
  bind_address: '127.0.0.1',
  skip_name_resolve: 'on',
  // Debian's folder for files of statements is not here.
  secure_file_priv: 'NULL',
  mysqlx: 'off',
  max_connections: '300',
  max_allowed_packet: '64M',
  innodb_buffer_pool_size: '256M',
};

/** A MySQL for tests, from Debian's packages. */
export class MysqlServer extends DatabaseServer {
  protected readonly stopSignal = 'SIGTERM';
  /**
   * Its programs are in the home of the user who runs the tests, which other users cannot read, so
   * it gets this user as a setting.
   */
  protected override readonly runsAsCaller = true;

  /** Makes a new server and starts it, which takes about four seconds. */
  static start(options: DatabaseServerOptions = {}): Promise<MysqlServer> {
    return startOnFreePort((port) => new MysqlServer(port, options));
  }

  get url(): string {
    return `mysql://${this.user}:${this.password}@tcp(127.0.0.1:${this.port})/`;
  }

  override async prepare(): Promise<void> {
    const [program = '', ...mysqldArguments] = mysqldCommand();
    await this.run(program, [
      ...mysqldArguments,
      '--initialize-insecure',
      `--datadir=${this.dataDirectory}`,
      ...userArguments(),
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
    return [...mysqldCommand(), ...options, ...userArguments()];
  }

  protected override async connect(): Promise<void> {
    const { user, password, port } = this;
    const connection = await createConnection({ host: '127.0.0.1', port, user, password });
    await connection.end();
  }
}

function userArguments(): readonly string[] {
  return process.getuid?.() === 0 ? ['--user=root'] : [];
}
