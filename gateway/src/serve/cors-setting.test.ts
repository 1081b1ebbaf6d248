import { expect, it } from 'vitest';
import { corsOf } from './cors-setting.ts';

it.each<[string | undefined, readonly string[] | undefined]>([
  [undefined, undefined],
  ['', undefined],
  ['https://plan.example', ['https://plan.example']],
  ['http://localhost:3000, http://[::1]:8080', ['http://localhost:3000', 'http://[::1]:8080']],
])('reads %j', (text, origins) => {
  expect(corsOf(text)).toEqual(origins);
});

it.each([
  '*',
  'null',
  'plan.example',
  'localhost:3000',
  'file:///srv/page.html',
  'https://plan.example/',
  'https://plan.example/app',
  'https://ada@plan.example',
  'https://PLAN.example',
  'https://plan.example:443',
  'https://*.example',
  'https://plan.example,',
  'https://plan.example https://board.example',
])('refuses %j, which no browser sends', (text) => {
  expect(() => corsOf(text)).toThrow(`TAKT_CORS=${text}: expected origins as browsers write them`);
});
