export { CustomerOrderRecord } from './customer-order.ts';
export { CustomerRecord } from './customer.ts';
export { forecastId } from './forecast.ts';
export { ForecastReport, OverrideForecast, WithdrawForecast } from './messages.ts';
export { customerOrder } from './customer-order.ts';
export { customer } from './customer.ts';
export { effective, forecast, isPlanned, type Forecast } from './forecast.ts';
export { consume } from './consumption.ts';
export { CONSUMING_STATUSES, timePhased } from './time-phased-forecast.ts';
