export { forecasts } from './domain.ts';
