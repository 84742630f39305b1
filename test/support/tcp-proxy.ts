import { connect, createServer, type Server, type Socket } from 'node:net';

/**
 * The bytes of a client that are the commit of a write: `commit` on a connection that has sent
 * `begin` since the last commit, or `atOnce`.
 */
export interface CommitSign {
  readonly begin: string;
  readonly commit: string;
  /** For a request that is a whole transaction. */
  readonly atOnce?: string;
}

/**
 * `before`: the commit never reaches the server, and the connection is cut. `after`: its reply
 * never reaches the client, and the connection is cut. The silent ones: the same bytes are lost,
 * but neither side is notified that the connection is lost.
 */
export type CommitLoss = 'before' | 'after' | 'silent before' | 'silent after';

interface Ambush {
  readonly sign: CommitSign;
  readonly loss: CommitLoss;
  sprung(): void;
}

/** A proxy between a program and a server on 127.0.0.1 that simulates network faults. */
export class TcpProxy {
  readonly #targetPort: number;
  readonly #links = new Set<Link>();
  #listener: Server | undefined;
  #port = 0;
  #ambush: Ambush | undefined;
  #isSwallowing = false;
  /** The delay in each direction. */
  delayMs = 0;
  /** How many bytes pass in each direction of a connection in a millisecond. */
  bytesPerMs = Number.POSITIVE_INFINITY;
  /**
   * How often a client sent after its server had sent. With a delay this is the number of round
   * trips.
   */
  requestCount = 0;

  private constructor(targetPort: number) {
    this.#targetPort = targetPort;
  }

  static async start(targetPort: number): Promise<TcpProxy> {
    const proxy = new TcpProxy(targetPort);
    await proxy.accept();
    return proxy;
  }

  get port(): number {
    return this.#port;
  }

  get isSwallowing(): boolean {
    return this.#isSwallowing;
  }

  /** Connections that are open now. */
  get connectionCount(): number {
    return this.#links.size;
  }

  /** Takes connections, again after `refuse`. */
  async accept(): Promise<void> {
    const listener = createServer((client) => this.#link(client));
    await new Promise<void>((resolve, reject) => {
      listener.once('error', reject);
      listener.listen(this.#port, '127.0.0.1', resolve);
    });
    this.#listener = listener;
    this.#port = (listener.address() as { port: number }).port;
  }

  /** Refuses connections from now on and cuts the existing ones. */
  async refuse(): Promise<void> {
    const listener = this.#listener;
    this.#listener = undefined;
    const closed = new Promise<void>((resolve) =>
      listener === undefined ? resolve() : listener.close(() => resolve()),
    );
    this.cut();
    await closed;
  }

  /** Ends all connections at once, on both sides. */
  cut(): void {
    for (const link of [...this.#links]) link.cut();
  }

  /**
   * Drops the state of existing connections, like a firewall with idle ones: the next byte of the
   * client gets a reset.
   */
  forget(): void {
    for (const link of this.#links) link.forget();
  }

  /**
   * Drops all bytes from now on. A connection that lost bytes, or was opened meanwhile, stays
   * silent forever: neither side receives the other's end.
   */
  swallow(): void {
    this.#isSwallowing = true;
  }

  stopSwallowing(): void {
    this.#isSwallowing = false;
  }

  /** Loses the connection at the next commit of a write. Resolves when that has happened. */
  loseNextCommit(sign: CommitSign, loss: CommitLoss): Promise<void> {
    return new Promise((sprung) => {
      this.#ambush = { sign, loss, sprung };
    });
  }

  /** The planned loss for one connection that has just sent its sign. Each loss is used once. */
  takeAmbush(): Ambush | undefined {
    const ambush = this.#ambush;
    this.#ambush = undefined;
    return ambush;
  }

  /** The sign that the proxy waits for. */
  get sign(): CommitSign | undefined {
    return this.#ambush?.sign;
  }

  async close(): Promise<void> {
    this.stopSwallowing();
    await this.refuse();
  }

  #link(client: Socket): void {
    const link = new Link(this, client, this.#targetPort);
    this.#links.add(link);
    client.once('close', () => link.isOver && this.#links.delete(link));
    link.server.once('close', () => link.isOver && this.#links.delete(link));
  }
}

/** One connection through the proxy. */
class Link {
  readonly server: Socket;
  readonly #proxy: TcpProxy;
  readonly #client: Socket;
  #isSilent: boolean;
  #isForgotten = false;
  #isWriting = false;
  #lastSpoke: 'client' | 'server' = 'server';
  /** Set while the reply to a commit is expected that must not pass. */
  #ambush: Ambush | undefined;

  constructor(proxy: TcpProxy, client: Socket, targetPort: number) {
    this.#proxy = proxy;
    this.#client = client;
    this.server = connect(targetPort, '127.0.0.1');
    this.#isSilent = proxy.isSwallowing;
    const toServer = this.#pipe(client, this.server, (bytes) => this.#inspect(bytes));
    const toClient = this.#pipe(this.server, client, () => this.#answered());
    for (const socket of [client, this.server]) {
      socket.setNoDelay(true);
      socket.on('error', () => {});
    }
    client.once('close', () => this.#passEnd(toServer, this.server));
    this.server.once('close', () => this.#passEnd(toClient, client));
  }

  get isOver(): boolean {
    return this.#client.destroyed && this.server.destroyed;
  }

  cut(): void {
    this.#client.resetAndDestroy();
    this.server.resetAndDestroy();
  }

  forget(): void {
    this.#isForgotten = true;
  }

  /**
   * Forwards bytes `delayMs` later, in order and at the set speed, if `inspect` lets them pass.
   * Returns a function that waits until all are sent.
   */
  #pipe(from: Socket, to: Socket, inspect: (bytes: Buffer) => 'pass' | 'lose'): () => Promise<void> {
    let sent = Promise.resolve();
    let passedMs = 0;
    from.on('data', (bytes) => {
      if (this.#proxy.isSwallowing) this.#isSilent = true;
      if (this.#isSilent || inspect(bytes) === 'lose') return;
      passedMs = Math.max(passedMs, performance.now()) + bytes.length / this.#proxy.bytesPerMs;
      const dueMs = passedMs + this.#proxy.delayMs;
      sent = sent.then(async () => {
        const leftMs = dueMs - performance.now();
        if (leftMs > 0) await new Promise((resolve) => setTimeout(resolve, leftMs));
        if (!to.destroyed && !this.#isSilent) to.write(bytes);
      });
    });
    return () => sent;
  }

  #passEnd(sent: () => Promise<void>, to: Socket): void {
    if (this.#proxy.isSwallowing) this.#isSilent = true;
    if (this.#isSilent) return;
    void sent().then(() => to.end(() => to.destroy()));
  }

  #inspect(bytes: Buffer): 'pass' | 'lose' {
    if (this.#lastSpoke === 'server') this.#proxy.requestCount += 1;
    this.#lastSpoke = 'client';
    if (this.#isForgotten) {
      this.cut();
      return 'lose';
    }
    const { sign } = this.#proxy;
    if (sign === undefined) return 'pass';
    if (bytes.includes(sign.begin)) this.#isWriting = true;
    const isAtOnce = sign.atOnce !== undefined && bytes.includes(sign.atOnce);
    if (!isAtOnce && (!this.#isWriting || !bytes.includes(sign.commit))) return 'pass';
    this.#isWriting = false;
    const ambush = this.#proxy.takeAmbush();
    if (ambush === undefined || ambush.loss === 'after' || ambush.loss === 'silent after') {
      this.#ambush = ambush;
      return 'pass';
    }
    return this.#lose(ambush);
  }

  #answered(): 'pass' | 'lose' {
    this.#lastSpoke = 'server';
    const ambush = this.#ambush;
    if (ambush === undefined) return 'pass';
    this.#ambush = undefined;
    return this.#lose(ambush);
  }

  #lose(ambush: Ambush): 'lose' {
    if (ambush.loss.startsWith('silent')) this.#isSilent = true;
    else this.cut();
    ambush.sprung();
    return 'lose';
  }
}
