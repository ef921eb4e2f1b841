import MarkdownIt from '../vendor/markdown-it.js';
import { bareAddress, safeLink } from './links.js';

/**
 * @typedef {import('markdown-it').Token} Token
 * @typedef {import('markdown-it').StateInline} StateInline
 * @typedef {{left: number}} Budget tokens that a text may still be cut into
 */

/** Elements within elements. A chat needs six levels of lists at most, each of two elements. */
const DEEPEST = 20;

/** A text nests deeper, or has more marks, than anything that is meant to be read. */
class TooMuch extends Error {}

const markdownIt = new MarkdownIt({ breaks: true, maxNesting: DEEPEST + 10 });
// Without link definitions and underlined headings, a line never changes what stands before its
// own block, so a growing text is parsed at its end alone. No image is loaded: it is a link.
markdownIt.disable(['reference', 'lheading', 'code', 'image']);
markdownIt.normalizeLink = markdownIt.normalizeLinkText = (address) => address;
markdownIt.validateLink = (address) => safeLink(address) !== null;
markdownIt.inline.ruler.at('linkify', readBareAddress);

markdownIt.block.State = boundedState(markdownIt.block.State);
markdownIt.inline.State = boundedState(markdownIt.inline.State);

// To find the end of a link's text, the parser goes over it once more for each bracket in it.
const skipToken = markdownIt.inline.skipToken.bind(markdownIt.inline);
markdownIt.inline.skipToken = (state) => {
  spend(state);
  skipToken(state);
};

/**
 * Return what a text may cost. Prose has one token for every 12 characters, and a table of single
 * digits has one for each, so a short text may be as dense as it likes.
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
 * @returns {Token[] | null} null for a text that is only to be shown as it is
 */
export function blockTokens(text, budget) {
  return bounded((tokens) => markdownIt.block.parse(text, markdownIt, { budget }, tokens));
}

/**
 * Cut the text of a block into the tokens of emphasis, code and links.
 *
 * @param {string} text
 * @param {Budget} budget
 * @returns {Token[] | null} null for a text that is only to be shown as it is
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
    if (error instanceof TooMuch) return null;
    throw error;
  }
  return tokens.some(({ level }) => level > DEEPEST) ? null : tokens;
}

/**
 * A state of the parser that takes no token too many, and none too deep.
 *
 * @template {new (...given: any[]) => {level: number, env: any, push(...given: any[]): any}} State
 * @param {State} Parent
 */
function boundedState(Parent) {
  return class extends Parent {
    /** @param {...any} given */
    push(...given) {
      if (this.level > DEEPEST) throw new TooMuch();
      spend(this);
      return super.push(...given);
    }
  };
}

/**
 * @param {{env: any}} state
 * @param {number} [cost]
 */
function spend({ env }, cost = 1) {
  env.budget.left -= cost;
  if (env.budget.left < 0) throw new TooMuch();
}

/**
 * The rule for an address without brackets, called where its colon is.
 *
 * @param {StateInline} state
 * @param {boolean} silent
 */
function readBareAddress(state, silent) {
  const { src, pos, linkLevel } = state;
  if (linkLevel > 0 || !src.startsWith('://', pos)) return false;
  // Within a word an address is none.
  const [, scheme = ''] = /(?:^|\W)(https?)$/.exec(src.slice(Math.max(0, pos - 6), pos)) ?? [];
  if (!scheme || !(silent || state.pending.endsWith(scheme))) return false;
  const { address, read } = bareAddress(src.slice(pos - scheme.length, pos + 2000));
  // What is no part of the address may be read again, for the next one.
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
