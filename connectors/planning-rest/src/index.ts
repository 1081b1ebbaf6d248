export { planningRest } from './planning-rest.ts';
