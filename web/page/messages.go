package page

// frameMessages are the texts of the frame, and of what every page may have to say.
var frameMessages = Messages{
	"brand":    {"月付", "Monthly pay"},
	"skip":     {"跳到正文", "Skip to content"},
	"language": {"English", "中文"},
	"foot":     {"理性借贷，按需使用。", "Think before you borrow: use only what you need."},
	"return":   {"返回商城", "Back to the shop"},
	"home.go":  {"回到月付首页", "Go to the home page"},
	"back":     {"返回", "Back"},

	"ended.title":   {"请从应用里重新打开", "Please open this page from the app again"},
	"ended.text":    {"为了您的账户安全，链接只能使用一次，打开的页面一段时间不操作会自动退出。回到购物应用，点“月付”即可重新进入。", "To keep your account safe a link works once, and a page that nothing is done on logs out by itself. Go back to the shop's app and tap 'Monthly pay'."},
	"failed.title":  {"这个页面暂时打不开", "This page can't be shown at the moment"},
	"failed.text":   {"是我们的问题，您的账户没有任何变化。请稍后再试。", "The fault is ours, and nothing about your account was changed. Please try again in a while."},
	"missing.title": {"没有找到", "There is nothing here"},
	"missing.text":  {"您要看的内容不存在。", "What you were looking for is not here."},
	"left.title":    {"已退出登录", "You are logged out"},
	"left.text":     {"需要时，从购物应用点“月付”即可重新进入。", "Whenever you need to, tap 'Monthly pay' in the shop's app to come back."},

	"problem.other":               {"没有办成，您的账户没有任何变化。", "This could not be done. Nothing about your account was changed."},
	"problem.reference":           {"如需咨询，请提供编号 {id}", "If you ask us about it, please quote {id}"},
	"problem.busy":                {"现在人有点多，请过几秒再试。没有任何变化。", "It is busy at the moment: please try again in a few seconds. Nothing was changed."},
	"problem.unavailable":         {"系统暂时不可用，请稍后再试。没有任何变化。", "The system is not available at the moment. Please try again later: nothing was changed."},
	"problem.outcome_unknown":     {"结果还不确定。请稍后刷新查看，不要重复操作。", "The outcome is not known yet. Please look again in a moment, and don't do it twice."},
	"problem.internal":            {"是我们的问题，请稍后再试。", "The fault is ours. Please try again later."},
	"problem.key_reused":          {"这个页面已经提交过了。请返回后重新操作。", "This page was sent before. Please go back and begin anew."},
	"problem.key_invalid":         {"页面已过期，请返回后重新操作。", "This page is out of date. Please go back and begin anew."},
	"problem.invalid_request":     {"填写的内容有误，请检查后再提交。", "Something was filled in wrongly. Please check and send again."},
	"problem.invalid_amount":      {"金额有误，请检查后再提交。", "The amount is not right. Please check and send again."},
	"problem.not_found":           {"没有找到。", "There is no such thing."},
	"problem.consent_too_fast":    {"阅读时间不够。请读完再确认，这是对您的保护。", "That was too fast to have been read. Please read it before you agree: this protects you."},
	"problem.consent_outdated":    {"内容有更新，请重新查看后再确认。", "What you were shown has changed. Please look again before you agree."},
	"problem.consent_preselected": {"需要您本人勾选。", "It has to be ticked by you."},
	"problem.quote_outdated":      {"金额已经变化，请重新查看。", "The figures have changed. Please look again."},
	"problem.account_not_open":    {"账户当前状态不能办理。", "The account's status does not allow this."},
	"problem.unchanged":           {"和现在的设置一样，没有变化。", "That is how it is already: nothing was changed."},
}
