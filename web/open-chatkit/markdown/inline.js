import { runOf, withEmphasis } from './emphasis.js';
import { bareAddress, safeLink } from './links.js';

/**
 * Text in lines: emphasis, code and links. All else is text, HTML and entities included.
 *
 * Source: CommonMark 0.31.2, "Inlines"; bare addresses as in GFM.
 *
 * @typedef {{type: 'text', text: string}
 *   | {type: 'code', text: string}
 *   | {type: 'break'}
 *   | {type: 'strong' | 'em' | 'del', children: Inline[]}
 *   | {type: 'link', href: string, children: Inline[]}} Inline
 * @typedef {Inline | import('./emphasis').Run} Node
 */

// Whatever may mean something; what lies between is text.
const PLAIN = /[^\\`*_~[\]!<\nh]+|h(?!ttps?:\/\/)[^\\`*_~[\]!<\nh]*/y;
const ESCAPE = /\\([!-/:-@[-`{-~])/y;
const RUN = /\*+|_+|~+/y;
const TICKS = /`+/y;
const ANGLED = /<([a-z][a-z0-9+.-]*:[^\s<>]*)>/iy;
const TARGET = sticky(
  // Bounds on the space keep a hostile text from costing a second look at all of it.
  /\(\s{0,9}/,
  /(?:<([^<>\n]*)>|([^\s()<>]*(?:\([^\s()<>]*\)[^\s()<>]*)*))/,
  /(?:\s{1,9}(?:"[^"]*"|'[^']*'))?\s{0,9}\)/,
);

/** @param {...RegExp} parts in their order */
function sticky(...parts) {
  return new RegExp(parts.map((part) => part.source).join(''), 'y');
}

/**
 * @param {string} text
 * @returns {Inline[]}
 */
export function parseInline(text) {
  return new Reader(text).read();
}

class Reader {
  #text;
  #at = 0;
  /** @type {Node[]} */
  #nodes = [];
  /** @type {number[]} places among the nodes of the opening brackets that may begin a link */
  #brackets = [];
  /** @type {Set<number>} lengths of runs of backticks that close nowhere */
  #open = new Set();

  /** @param {string} text */
  constructor(text) {
    this.#text = text;
  }

  read() {
    while (this.#at < this.#text.length) this.#step();
    return withEmphasis(this.#nodes);
  }

  #step() {
    const plain = this.#take(PLAIN);
    if (plain) return this.#say(plain[0]);
    switch (this.#text.charAt(this.#at)) {
      case '\n':
        this.#at += 1;
        return this.#nodes.push({ type: 'break' });
      case '\\':
        return this.#say(this.#take(ESCAPE)?.[1] ?? this.#one());
      case '`':
        return this.#code();
      case '[':
        return this.#bracket();
      case ']':
        return this.#link();
      case '<':
        return this.#address(this.#take(ANGLED));
      case 'h':
        return this.#bare();
      case '!':
        return this.#say(this.#one());
      default:
        return this.#run();
    }
  }

  /** @param {RegExp} pattern a sticky one */
  #take(pattern) {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found) this.#at += found[0].length;
    return found;
  }

  /** The character here, read as text. */
  #one() {
    this.#at += 1;
    return this.#text.charAt(this.#at - 1);
  }

  /** @param {string} text */
  #say(text) {
    const last = this.#nodes.at(-1);
    if (last?.type === 'text') last.text += text;
    else this.#nodes.push({ type: 'text', text });
  }

  #run() {
    const start = this.#at;
    const [marks] = this.#take(RUN) ?? [this.#one()];
    // By code point, because a sign before a mark may be one beyond the basic plane.
    const before = [...this.#text.slice(Math.max(0, start - 2), start)].at(-1) ?? '';
    const after = [...this.#text.slice(this.#at, this.#at + 2)].at(0) ?? '';
    this.#nodes.push(runOf(marks, before, after));
  }

  #code() {
    const [ticks] = this.#take(TICKS) ?? [this.#one()];
    const end = this.#open.has(ticks.length) ? -1 : this.#closing(ticks);
    if (end < 0) {
      this.#open.add(ticks.length);
      return this.#say(ticks);
    }
    const inner = this.#text.slice(this.#at, end).replaceAll('\n', ' ');
    const padded = inner.startsWith(' ') && inner.endsWith(' ') && inner.trim() !== '';
    this.#nodes.push({ type: 'code', text: padded ? inner.slice(1, -1) : inner });
    this.#at = end + ticks.length;
  }

  /** @param {string} ticks */
  #closing(ticks) {
    for (const found of this.#text.slice(this.#at).matchAll(/`+/g)) {
      if (found[0].length === ticks.length) return this.#at + found.index;
    }
    return -1;
  }

  /** @param {RegExpExecArray | null} found */
  #address(found) {
    const address = found?.[1];
    const href = safeLink(address);
    if (!address || !href) return this.#say(found?.[0] ?? this.#one());
    this.#nodes.push({ type: 'link', href, children: [{ type: 'text', text: address }] });
  }

  #bare() {
    // Within brackets an address is a part of what is linked, and within a word it is none.
    const apart = this.#brackets.length === 0 && !/\w/.test(this.#text.charAt(this.#at - 1));
    const address = apart ? bareAddress(this.#text.slice(this.#at)) : '';
    const href = safeLink(address);
    if (!href) return this.#say(this.#one());
    this.#at += address.length;
    this.#nodes.push({ type: 'link', href, children: [{ type: 'text', text: address }] });
  }

  #bracket() {
    // A place of its own: the text before it does not belong to the link.
    this.#nodes.push({ type: 'text', text: this.#one() });
    this.#brackets.push(this.#nodes.length - 1);
    this.#nodes.push({ type: 'text', text: '' });
  }

  #link() {
    const opening = this.#brackets.pop();
    this.#one();
    const target = opening === undefined ? null : this.#take(TARGET);
    const href = safeLink(target?.[1] ?? target?.[2]);
    if (opening === undefined || !target) return this.#say(']');
    // Not a link that may be followed: its source stays to be read.
    if (!href) return this.#say(`]${target[0]}`);
    const children = withEmphasis(this.#nodes.splice(opening).slice(1));
    this.#nodes.push({ type: 'link', href, children });
    // Links do not nest.
    this.#brackets = [];
  }
}
