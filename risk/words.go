package risk

import "github.com/yuefu/yuefu/credit"

// Told is a reason in words that a person understands, and what may help.
type Told struct {
	Reason string
	Words  Label
	Help   Label // empty where nothing helps
}

// standard are the words of the reasons that are no policy's own; docs/reasons.md shows them.
var standard = map[string]Told{
	UnderAge: {Words: Label{"未满 18 周岁不能开通。", "You have to be 18 or older to open an account."}},
	DeclarationMissing: {Words: Label{"申请中没有说明是否成年、是否在校学生。请补充后重新提交。",
		"The application does not say whether you are an adult, or whether you are a student. Please add it and apply again."}},
	StudentsExcluded: {Words: Label{"本产品不向在校学生提供。", "This product is not offered to students."}},
	IncomeTooLow: {Words: Label{"按您填写的收入，目前不适合开通本产品。收入有变化时可以再次申请。",
		"By the income that you stated, this product does not suit you for now. You can apply again when it changes."},
		Help: Label{"请核对填写的收入是否有误；也可以申请较低的额度。", "Please check the income that you stated. A lower limit may be possible."}},
	RequestTooLow: {Words: Label{"您申请的额度低于本产品的最低额度。可以改为更高的额度，或不填写额度后重新申请。",
		"You asked for a lower limit than this product has. You can apply again for a higher one, or without naming one."}},
	ScoreTooLow: {Words: Label{"综合您填写的信息与在平台的使用情况，目前未达到开通条件。",
		"What you stated and how you have used the platform so far do not reach what this product asks for yet."},
		Help: Label{"请核对填写的信息；使用一段时间并按时还款后，可以再次申请。", "Please check what you stated. You can apply again after some time of use, and of bills paid on time."}},
	FactsMissing: {Words: Label{"评估所需的信息不完整，暂时无法自动给出结果。", "Some of the information that the assessment needs is missing."},
		Help: Label{"请联系平台客服补充信息。", "Please ask the platform's customer service to add it."}},
	RuleUndecided: {Words: Label{"您的申请需要人工审核，我们会通知您结果。", "Your application is reviewed by a person. You will hear from us."}},
	credit.ReasonTooManyApplications: {Words: Label{"近期申请次数较多，请在给出的日期之后再次申请。",
		"You have applied several times of late. Please apply again after the date given."}},
	credit.ReasonDeregistered: {Words: Label{"账户注销后须间隔一段时间才能再次申请，请在给出的日期之后申请。",
		"An account that was de-registered can be applied for again after some time. Please apply after the date given."}},
	credit.ReasonReview: {Words: Label{"经人工审核，目前不能为您开通。", "A person reviewed your application, and no account can be opened for now."}},
	IncomeNotDeclared: {Words: Label{"您申请的额度较高且没有填写收入，由人工审核，我们会通知您结果。",
		"You asked for a higher limit without stating an income, so a person reviews it. You will hear from us."}},
	AboveAutoApproval: {Words: Label{"您申请的额度需要人工审核，我们会通知您结果。",
		"The limit that you asked for is reviewed by a person. You will hear from us."}},
}

// Tell puts a reason into words: the policy's own, or those of the product. A code that
// nobody gave words to, such as a reviewer's, is told as a review.
func (p Policy) Tell(reason string) Told {
	for i := range p.Conditions {
		if c := &p.Conditions[i]; c.Reason == reason {
			return Told{reason, c.Words, c.Help}
		}
	}
	told, known := standard[reason]
	if !known {
		told = standard[credit.ReasonReview]
	}
	told.Reason = reason
	return told
}
