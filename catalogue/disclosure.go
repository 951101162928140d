package catalogue

// disclosure is a placeholder body until the templates are in.
func (v *Version) disclosure() Text {
	return newText(Text{Name: CostDisclosure, Version: v.Number, Language: bilingual, Body: v.Platform + " " + v.Programme + "\n"})
}
