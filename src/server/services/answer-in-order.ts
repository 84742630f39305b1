import type { Message, MessageStream } from '../transport/grpc/method.ts';

/**
 * Answers the messages of a stream in order, but processes several at a time, so that their
 * database reads can be batched. `answer` reads its message before it returns.
 *
 * @throws the error of the first answer that fails. The answers before it are sent.
 */
export async function answerInOrder(
  stream: MessageStream,
  { atOnceMax, answer }: { readonly atOnceMax: number; answer(message: Uint8Array): Promise<Message> },
): Promise<void> {
  const failure = Promise.withResolvers<never>();
  const answerAll = async (): Promise<void> => {
    let sent = Promise.resolve();
    let underWay = 0;
    for await (const message of stream.incoming) {
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
