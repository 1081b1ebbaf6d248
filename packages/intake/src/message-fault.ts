import { toUSVString } from 'node:util';
import { clipped } from './clipped.ts';
import type { InboundMessage } from './intake-port.ts';

/** Why a message is rejected before anybody asks what it means; its id and source then count for nothing. */
export interface MessageFault {
  readonly code: 'SCHEMA_VIOLATION' | 'MESSAGE_TOO_LARGE' | 'MESSAGE_FROM_FUTURE';
  readonly reason: string;
}

/**
 * What no store and no program of ours can be trusted with, wherever it is in a message: text that is no Unicode or
 * has a NUL, fields that change what an object is, and more levels than a person could read.
 */
export function contentFault(message: unknown): MessageFault | undefined {
  const found = find(message, 0);
  return found && { code: 'SCHEMA_VIOLATION', reason: `${found.path}: ${found.expected}` };
}

/** Whether it claims a time that its source cannot know yet. What it tells of may well lie ahead; that is in its data. */
export function futureFault({ time }: InboundMessage, now: Date): MessageFault | undefined {
  const ahead = Date.parse(time) - now.getTime();
  if (!(ahead > MAX_AHEAD_MS)) return undefined;
  const reason = `/time: ${time} is more than a day ahead of ${now.toISOString()}. Check the clock of its source.`;
  return { code: 'MESSAGE_FROM_FUTURE', reason };
}

export function sizeFault(bytes: number, maxBytes: number): MessageFault | undefined {
  if (bytes <= maxBytes) return undefined;
  return { code: 'MESSAGE_TOO_LARGE', reason: `It has ${bytes} bytes; ${maxBytes} are allowed.` };
}

interface Found {
  readonly path: string;
  readonly expected: string;
}

function find(value: unknown, level: number): Found | undefined {
  if (typeof value === 'string') return inText(value);
  if (typeof value !== 'object' || value === null) return undefined;
  if (level === MAX_LEVELS) return { path: '', expected: `Expected at most ${MAX_LEVELS} levels` };
  for (const [name, field] of Object.entries(value)) {
    const found = inName(name) ?? find(field, level + 1);
    if (found) return { ...found, path: `/${clipped(name)}${found.path}` };
  }
  return undefined;
}

function inName(name: string): Found | undefined {
  return name === '__proto__' ? { path: '', expected: 'Expected no field of this name' } : inText(name);
}

function inText(text: string): Found | undefined {
  if (toUSVString(text) !== text) {
    return { path: '', expected: 'Expected well-formed Unicode, without half of a surrogate pair' };
  }
  return text.includes('\0') ? { path: '', expected: 'Expected no NUL character' } : undefined;
}

const MAX_LEVELS = 64;
const MAX_AHEAD_MS = 24 * 60 * 60 * 1000;
