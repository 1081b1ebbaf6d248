export { productionOrders } from './domain.ts';
