import type { Message, MessageStream } from '../transport/grpc/method.ts';

/**
 * Answers a stream's messages in their order, but works on several at a time: what asks the database together is answered together.
 *
 * @throws what the first answer throws that fails; those before it were sent.
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
