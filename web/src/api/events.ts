import { EventSourceParserStream } from 'eventsource-parser/stream';

/** One server-sent event of a stream that was asked for with fetch. */
export type StreamEvent = { readonly event: string; readonly data: string };

const maxBufferSize = 1_048_576;

/** The events of a `text/event-stream` body, as they arrive. Throws if one is longer than a megabyte. */
export async function* eventsOf(body: ReadableStream<BufferSource>): AsyncGenerator<StreamEvent> {
  const reader = body
    .pipeThrough<string>(new TextDecoderStream())
    .pipeThrough(new EventSourceParserStream({ maxBufferSize }))
    .getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield { event: value.event ?? 'message', data: value.data };
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}
