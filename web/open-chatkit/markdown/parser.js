import MarkdownIt from '../vendor/markdown-it.js';
import { bareAddress, safeLink } from './links.js';

/**
 * @typedef {import('markdown-it').Token} Token
 * @typedef {import('markdown-it').StateInline} StateInline
 * @typedef {{left: number}} Budget the number of tokens a text may still produce
 */

/** The maximum nesting of elements. A chat needs at most six levels of lists, two elements each. */
const MAX_DEPTH = 20;

/** A text nests deeper or has more markup than any text written for readers. */
class LimitExceeded extends Error {}

const markdownIt = new MarkdownIt({ breaks: true, maxNesting: MAX_DEPTH + 10 });
// Without link definitions and underlined headings, a line never changes the blocks before its
// own, so only the end of a growing text is parsed. Images are shown as links and not loaded.
markdownIt.disable(['reference', 'lheading', 'code', 'image']);
markdownIt.normalizeLink = markdownIt.normalizeLinkText = (address) => address;
markdownIt.validateLink = (address) => safeLink(address) !== null;
markdownIt.inline.ruler.at('linkify', readBareAddress);

markdownIt.block.State = boundedState(markdownIt.block.State);
markdownIt.inline.State = boundedState(markdownIt.inline.State);

// To find the end of a link's text, the parser rescans the text for each bracket in it.
const skipToken = markdownIt.inline.skipToken.bind(markdownIt.inline);
markdownIt.inline.skipToken = (state) => {
  spend(state);
  skipToken(state);
};

/**
 * Return how many tokens a text may produce. Prose has one token per 12 characters, and a table of
 * single digits one per character, so the fixed part lets a short text have any density.
 *
 * @param {string} text
 * @returns {Budget}
 */
export function budgetFor(text) {
  return { left: 2500 + text.length / 16 };
}

/**
 * Cut a text into the tokens of blocks.
 *
 * @param {string} text lines that end in `\n`
 * @param {Budget} budget
 * @returns {Token[] | null} null if the text must be shown as plain source
 */
export function blockTokens(text, budget) {
  return bounded((tokens) => markdownIt.block.parse(text, markdownIt, { budget }, tokens));
}

/**
 * Cut the text of a block into the tokens of emphasis, code and links.
 *
 * @param {string} text
 * @param {Budget} budget
 * @returns {Token[] | null} null if the text must be shown as plain source
 */
export function inlineTokens(text, budget) {
  return bounded((tokens) => markdownIt.inline.parse(text, markdownIt, { budget }, tokens));
}

/** @param {(tokens: Token[]) => void} parse */
function bounded(parse) {
  /** @type {Token[]} */
  const tokens = [];
  try {
    parse(tokens);
  } catch (error) {
    if (error instanceof LimitExceeded) return null;
    throw error;
  }
  return tokens.some(({ level }) => level > MAX_DEPTH) ? null : tokens;
}

/**
 * Return a parser state class that throws LimitExceeded for too many or too deep tokens.
 *
 * @template {new (...args: any[]) => {level: number, env: any, push(...args: any[]): any}} State
 * @param {State} Parent
 */
function boundedState(Parent) {
  return class extends Parent {
    /** @param {...any} args */
    push(...args) {
      if (this.level > MAX_DEPTH) throw new LimitExceeded();
      spend(this);
      return super.push(...args);
    }
  };
}

/**
 * @param {{env: any}} state
 * @param {number} [cost]
 */
function spend({ env }, cost = 1) {
  env.budget.left -= cost;
  if (env.budget.left < 0) throw new LimitExceeded();
}

/**
 * Parse an address without brackets. markdown-it calls this rule at the address's colon.
 *
 * @param {StateInline} state
 * @param {boolean} silent
 */
function readBareAddress(state, silent) {
  const { src, pos, linkLevel } = state;
  if (linkLevel > 0 || !src.startsWith('://', pos)) return false;
  // An address does not start within a word.
  const [, scheme = ''] = /(?:^|\W)(https?)$/.exec(src.slice(Math.max(0, pos - 6), pos)) ?? [];
  if (!scheme || !(silent || state.pending.endsWith(scheme))) return false;
  const { address, read } = bareAddress(src.slice(pos - scheme.length, pos + 2000));
  // Characters after the address may be read again, for the next address.
  spend(state, (read - address.length) / 8);
  if (!address) return false;
  if (!silent) {
    state.pending = state.pending.slice(0, -scheme.length);
    state.push('link_open', 'a', 1).attrs = [['href', address]];
    state.push('text', '', 0).content = address;
    state.push('link_close', 'a', -1);
  }
  state.pos += address.length - scheme.length;
  return true;
}
