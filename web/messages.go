package web

import "github.com/yuefu/yuefu/web/page"

// Label is a text in both languages.
type Label = page.Label

// messages are the pages' texts.
var messages = page.Messages{
	"nav.start":   {"开始", "Start"},
	"nav.docs":    {"接口文档", "API reference"},
	"nav.live":    {"实时数据", "Live figures"},
	"nav.label":   {"主导航", "Main"},
	"nav.skip":    {"跳到正文", "Skip to content"},
	"nav.other":   {"English", "简体中文"},
	"foot.source": {"月付：先消费，每月一张账单。Apache-2.0。", "Pay later, with one bill a month. Apache-2.0."},
	"foot.law":    {"不构成法律意见。", "None of this is legal advice."},

	"start.title":    {"yuefu 月付", "yuefu 月付"},
	"start.lead":     {"先消费，每月一张账单，按期还款，随时可以关闭。", "Buy now, get one bill a month, pay it, close the account whenever you like."},
	"start.what":     {"yuefu 是月付账户的开源核心：一个程序，后面是一个 SQL 数据库。每一次占用、扣款、退款、账单和还款都是日志中的一条记录，余额、报表和总账都由它推导，随时可以重放核对。", "yuefu is an open core for pay-later accounts: one program in front of one SQL database. Every hold, capture, refund, statement and repayment is an entry in a log; balances, tables and the ledger are worked out from it, and can be played again to prove them."},
	"start.day":      {"业务日期", "Business date"},
	"start.zone":     {"时区", "Time zone"},
	"start.mode":     {"环境", "This server"},
	"start.sandbox":  {"沙箱", "Sandbox"},
	"start.real":     {"正式", "Live"},
	"start.still":    {"时钟停在这一天，直到您用 POST /v1/clock/advance 向前拨动。没有真实的钱。", "Its clock stands still on this date until you move it with POST /v1/clock/advance. No real money moves."},
	"start.runs":     {"业务日期按时区的零点更替。", "The business date changes at midnight of its time zone."},
	"start.job":      {"一笔消费的一生", "The life of a purchase"},
	"start.job.note": {"每一步都是一个接口。", "Each step is one call of the API."},
	"start.next":     {"接下来试试", "What to try next"},
	"start.shop":     {"示例商店", "The example shop"},
	"start.shop.as":  {"点着走一遍：开通、购买、拨到账单日、还款、关闭。", "Open an account, buy, move the clock to the bill, repay and close, by clicking only."},
	"start.docs":     {"每个接口、每个字段、可以照抄的命令行。", "Every call, every field, and command lines to copy."},
	"start.live":     {"每秒命令数、批次、队列、各分区进度和全部账户的合计。", "Commands a second, batches, the queue, each partition's progress, and what all accounts come to."},
	"start.try":      {"在命令行里", "On the command line"},
	"copy":           {"复制", "Copy"},
	"copied":         {"已复制", "Copied"},

	"stage.apply":     {"申请开通", "Apply"},
	"stage.quote":     {"试算", "Quote"},
	"stage.authorise": {"占用额度", "Authorise"},
	"stage.capture":   {"确认扣款", "Capture"},
	"stage.statement": {"月度账单", "Statement"},
	"stage.repay":     {"还款", "Repay"},
	"stage.close":     {"关闭账户", "Close"},

	"docs.title":       {"接口文档", "API reference"},
	"docs.download":    {"下载 openapi.yaml", "Download openapi.yaml"},
	"docs.contents":    {"目录", "Contents"},
	"docs.filter":      {"筛选接口", "Filter calls"},
	"docs.nothing":     {"没有符合的接口", "No call matches"},
	"docs.about":       {"约定", "Conventions"},
	"docs.parameters":  {"参数", "Parameters"},
	"docs.body":        {"请求体", "Request body"},
	"docs.answers":     {"应答", "Answers"},
	"docs.example":     {"示例", "Example"},
	"docs.request":     {"请求示例", "Example request"},
	"docs.objects":     {"对象", "Objects"},
	"docs.objects.say": {"请求和应答由这些对象组成。", "What requests and answers are made of."},
	"docs.required":    {"必填", "required"},
	"docs.problem":     {"其他", "else"},
	"docs.anchor":      {"链接到这里", "Link to this"},

	"live.title":      {"实时数据", "Live figures"},
	"live.lead":       {"每秒更新一次。计数从服务器启动时算起。", "Updated every second. Counts are since the server started."},
	"live.stale":      {"连接不上服务器，显示的是最后一次的数据。", "The server can't be reached: these are the last figures."},
	"live.rate":       {"命令 / 秒", "Commands a second"},
	"live.commands":   {"命令总数", "Commands"},
	"live.queued":     {"排队", "Queued"},
	"live.accounts":   {"账户", "Accounts"},
	"live.day":        {"业务日期", "Business date"},
	"live.refusals":   {"拒绝执行", "Refused"},
	"live.replays":    {"幂等重放", "Replayed"},
	"live.busy":       {"因繁忙退回", "Turned away"},
	"live.rate.note":  {"最近两分钟", "the last two minutes"},
	"live.batches":    {"每批命令数", "Commands in a batch"},
	"live.batches.of": {"批次数，按每批命令数；负载越大，批次越大。", "How many batches, by size. Under load they grow by themselves."},
	"live.sums":       {"全部账户合计", "What all accounts come to"},
	"live.limit":      {"额度", "Limits"},
	"live.held":       {"已占用", "Held"},
	"live.owed":       {"未还本金", "Outstanding"},
	"live.billed":     {"已出账未还", "Billed"},
	"live.overdue":    {"逾期", "Overdue"},
	"live.closing":    {"日切", "Close of business"},
	"live.closing.on": {"正在处理", "Working on"},
	"live.closing.no": {"没有进行中的日切", "None is running"},
	"live.closed":     {"已完成账户", "Accounts done"},
	"live.partitions": {"分区", "Partitions"},
	"live.lag.note":   {"日志位点；下方是读表落后的条数。", "Position of the log; below it, how many entries the tables are behind."},
	"live.behind":     {"落后", "behind"},
	"live.level":      {"已同步", "level"},
	"live.none":       {"还没有账户", "There are no accounts yet"},
}

// say returns a message; a missing one shouts, in the test that renders all pages.
func say(l page.Language, key string) string {
	text, ok := messages.In(l, key)
	if !ok {
		panic("web: there is no message " + key)
	}
	return text
}
