/** Runs the client's pure functions for pytest: one line of JSON in, one out. */

import { createInterface } from 'node:readline';

import { bareAddress, safeLink } from '../../../../web/open-chatkit/markdown/links.js';
import { blockTree, blocksOf, inlineTree } from '../../../../web/open-chatkit/markdown/tree.js';
import { SseParser } from '../../../../web/open-chatkit/protocol/sse.js';
import * as thread from '../../../../web/open-chatkit/state/thread-state.js';

const FUNCTIONS = {
  bareAddress,
  inlineTree,
  markdown: (text) => blocksOf(text).flatMap(blockTree),
  safeLink,
  sse(pieces) {
    const parser = new SseParser();
    return pieces.map((piece) => parser.push(new Uint8Array(piece)));
  },
  thread(events, items = []) {
    const state = events.reduce(thread.afterEvent, { ...thread.NEW_THREAD, items });
    return { ...state, unfinished: [...state.unfinished] };
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const [name, args] = JSON.parse(line);
  process.stdout.write(`${JSON.stringify(FUNCTIONS[name](...args))}\n`);
}
