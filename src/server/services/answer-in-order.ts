import type { Message, MessageStream } from '../transport/grpc/method.ts';

export interface AnswerOptions<Parsed> {
  readonly atOnceMax: number;
  /** Copies the bytes that it returns. */
  readonly parse: (message: Uint8Array) => Parsed;
  readonly answer: (message: Parsed) => Promise<Message>;
}

/**
 * Answers the messages of a stream in order, but processes several at a time, so that their
 * database reads can be batched.
 *
 * @throws the error of the first answer that fails. The answers before it are sent.
 */
export async function answerInOrder<Parsed>(
  stream: MessageStream,
  { atOnceMax, parse, answer }: AnswerOptions<Parsed>,
): Promise<void> {
  const failure = Promise.withResolvers<never>();
  const answerAll = async (): Promise<void> => {
    let sent = Promise.resolve();
    let underWay = 0;
    for await (const message of stream.incoming(parse)) {
      const answered = answer(message);
      underWay += 1;
      sent = Promise.all([answered, sent]).then(async ([bytes]) => {
        underWay -= 1;
        if (!stream.send([bytes])) await stream.drained();
      });
      sent.catch(failure.reject);
      if (underWay >= atOnceMax) await sent;
    }
    await sent;
  };
  await Promise.race([answerAll(), failure.promise]);
}
