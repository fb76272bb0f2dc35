/** Money: customers, invoices, subscriptions, usage. */
import { type Fields, fields } from '../fields.ts';

/** Type -> field -> review. */
export const billing: Fields = {
  AggregatedUsage: fields({
    read: 'measurement tags value',
  }),
  BillingPeriod: fields({
    read: 'end start',
  }),
  Credit: fields({
    read: 'amount createdAt customerId id memo type updatedAt',
  }),
  Customer: fields({
    read: `
      appliedCredits billingAddress billingEmail billingPeriod creditBalance credits currentUsage
      defaultPaymentMethod defaultPaymentMethodId hasExhaustedFreePlan id invoices isPrepaying isTrialing
      isUsageSubscriber isWithdrawingToCredits planLimitOverride remainingUsageCreditBalance spendCommitment
      state stripeCustomerId subscriptions supportedWithdrawalPlatforms taxIds trialDaysRemaining usageLimit`,
    shared: 'workspace',
  }),
  CustomerAddress: fields({
    read: 'city country line1 line2 name postalCode state',
  }),
  CustomerInvoice: fields({
    read: `
      amountDue amountPaid invoiceId items lastPaymentError paymentIntentStatus periodEnd periodStart
      reissuedInvoiceFrom reissuedInvoiceOf spendCommitmentPrepayment status subscriptionId subscriptionStatus
      total`,
    reveal: 'hostedURL pdfURL',
  }),
  CustomerSubscription: fields({
    read: `
      billingCycleAnchor cancelAt cancelAtPeriodEnd couponId discounts id items latestInvoiceId
      nextInvoiceCurrentTotal nextInvoiceDate status`,
  }),
  CustomerTaxId: fields({
    read: 'id type value',
  }),
  EstimatedUsage: fields({
    read: 'estimatedValue measurement projectId',
  }),
  PaymentMethod: fields({
    read: 'card id',
  }),
  PaymentMethodCard: fields({
    read: 'brand country last4',
  }),
  PlanLimitOverride: fields({
    read: 'config id',
  }),
  ProjectServiceUsagePage: fields({
    read: 'pageInfo usage',
  }),
  ProjectServiceUsagePageInfo: fields({
    read: 'endCursor hasNextPage',
  }),
  SpendCommitment: fields({
    read: 'features id minSpendAmountCents',
  }),
  SubscriptionDiscount: fields({
    read: 'couponId couponName',
  }),
  SubscriptionItem: fields({
    read: 'itemId priceDollars priceId productId quantity',
  }),
  UsageLimit: fields({
    read: 'agentHardLimitCents agentSoftLimitCents customerId hardLimit id isOverLimit softLimit',
  }),
};
