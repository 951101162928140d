package wallet

import "github.com/yuefu/yuefu/web/page"

// messages are the texts of the pages, by page.
var messages = page.Messages{
	"tab.label":    {"主导航", "Main"},
	"tab.home":     {"首页", "Home"},
	"tab.bills":    {"账单", "Bills"},
	"tab.buys":     {"消费", "Purchases"},
	"tab.settings": {"设置", "Settings"},

	"home.title":     {"我的月付", "My monthly pay"},
	"home.available": {"可用额度", "Available"},
	"home.limit":     {"总额度", "Limit"},
	"home.temporary": {"临时额度", "Temporary limit"},
	"home.until":     {"至 {day}", "until {day}"},
	"home.held":      {"已占用", "Held"},
	"home.owed":      {"尚未还清", "Owed in all"},
	"home.bill":      {"本期账单", "This bill"},
	"home.due":       {"最晚还款日 {day}", "Due on {day}"},
	"home.today":     {"今天到期", "due today"},
	"home.in":        {"还有 {n} 天", "in {n} days"},
	"home.late":      {"已逾期 {n} 天", "{n} days late"},
	"home.repay":     {"去还款", "Repay"},
	"home.see":       {"看账单", "See the bill"},
	"home.clear":     {"没有待还账单", "Nothing to repay"},
	"home.next":      {"{day} 出账 {amount}，{due} 前还。", "{amount} will be billed on {day}, due on {due}."},
	"home.unused":    {"还没有消费。在商城结算时，可以主动选择“月付”。", "Nothing was bought yet. At the shop's checkout you may choose monthly pay yourself."},
	"home.coming":    {"往后各月要还", "Due in coming months"},
	"home.frozen":    {"现在不能用月付消费", "Monthly pay can't be used at the moment"},
	"home.frozen.as": {"不影响还款和退款。", "Repaying and refunds go on as always."},
	"home.overdue":   {"有账单逾期，逾期会产生罚息。如有困难，可以申请延期或分期，我们一起想办法。", "A bill is overdue, and penalty grows on it. If money is short, ask to defer it or to split it: there is a way."},
	"home.closing":   {"正在办理关闭，最晚 {day} 有结果", "Closing is under way: you will know by {day}"},
	"home.closed":    {"月付已关闭", "Monthly pay is closed"},
	"home.credit":    {"溢缴款 {amount}，会自动抵扣下期账单。", "You have a credit balance of {amount}: the next bill uses it."},

	"block.risk":     {"账户需要核实，请联系客服。", "Your account has to be checked: please ask customer service."},
	"block.overdue":  {"有逾期账单，还清后自动恢复。", "A bill is overdue. Once it is paid this ends by itself."},
	"block.dispute":  {"有争议正在处理。", "A dispute is being settled."},
	"block.judicial": {"按司法机关要求冻结。", "It is frozen by order of a court."},
	"block.customer": {"您自己暂停了消费，可以在设置里恢复。", "You paused it yourself, and can go on in the settings."},

	"none.title": {"您还没有开通月付", "You have not opened monthly pay"},
	"none.text":  {"月付是一种消费信贷：先消费，每月一张账单，按期还款。开通前会把全部费用和协议逐一给您看，由您本人逐项确认；不开通也不影响购物。", "Monthly pay is consumer credit: buy now, get one bill a month, pay it by its date. Before it is opened you are shown all costs and each agreement, and agree to each yourself. You can shop without it just as well."},
}
