Attribute VB_Name = "modQnAnswers"
Option Explicit

' What the generated wrappers of modQnFunctions call: arguments to plain values, the figure first, Python for the rest.

Private Const NotAvailable As Long = 2042
Private Const WrongValue As Long = 2015

Public Function QnPlain(Optional ByVal argument As Variant) As Variant
    ' Missing becomes Empty, a range its values, everything else stays.
    Dim area As Object
    If IsMissing(argument) Then
        QnPlain = Empty
    ElseIf TypeName(argument) = "Range" Then
        Set area = argument
        QnPlain = area.Value
    Else
        QnPlain = argument
    End If
End Function

Public Function QnAnswer(ByVal name As String, ByVal domain As String, ByVal usual As String, ByVal arguments As Variant) As Variant
    ' A figure function: arguments are plan, word, group, unit, as_of. A list of plans is answered one by one.
    Dim plans As Variant
    Dim results() As Variant
    Dim i As Long
    Dim j As Long
    On Error GoTo wrong
    plans = arguments(0)
    If Not IsArray(plans) Then
        QnAnswer = OneFigure(name, domain, usual, arguments)
        Exit Function
    End If
    If QnDimensions(plans) = 1 Then
        ReDim results(1 To 1, 1 To UBound(plans) - LBound(plans) + 1)
        For i = LBound(plans) To UBound(plans)
            arguments(0) = plans(i)
            results(1, i - LBound(plans) + 1) = OneFigure(name, domain, usual, arguments)
        Next i
    Else
        ReDim results(1 To UBound(plans, 1) - LBound(plans, 1) + 1, 1 To UBound(plans, 2) - LBound(plans, 2) + 1)
        For i = LBound(plans, 1) To UBound(plans, 1)
            For j = LBound(plans, 2) To UBound(plans, 2)
                arguments(0) = plans(i, j)
                results(i - LBound(plans, 1) + 1, j - LBound(plans, 2) + 1) = OneFigure(name, domain, usual, arguments)
            Next j
        Next i
    End If
    QnAnswer = results
    Exit Function
wrong:
    QnAnswer = CVErr(WrongValue)
End Function

Private Function OneFigure(ByVal name As String, ByVal domain As String, ByVal usual As String, ByVal arguments As Variant) As Variant
    Dim plan As String
    Dim measure As String
    Dim group As String
    Dim unit As String
    Dim value As Double
    Dim i As Long
    For i = 0 To 4
        If IsArray(arguments(i)) Then
            OneFigure = CVErr(WrongValue)
            Exit Function
        End If
        If IsError(arguments(i)) Then
            OneFigure = arguments(i)
            Exit Function
        End If
        If i > 0 Then arguments(i) = GivenOrEmpty(arguments(i))
    Next i
    If IsEmpty(GivenOrEmpty(arguments(0))) Then
        OneFigure = ""
        Exit Function
    End If
    If ShownAsOf(arguments(4)) Then
        QnReady
        plan = QnCode("plan", CStr(arguments(0)))
        measure = WordOr(domain, arguments(1), usual)
        unit = WordOr("unit", arguments(3), "*")
        group = WordOr("group", arguments(2), "")
        If plan <> "" And measure <> "" And unit <> "" Then
            If IsEmpty(arguments(2)) Then
                If QnFigure(plan & "|task|" & unit & "|" & measure, value) Then
                    OneFigure = value
                    Exit Function
                End If
                group = UsualGroup(plan)
            End If
            If group <> "" Then
                If QnFigure(plan & "|" & group & "|" & unit & "|" & measure, value) Then
                    OneFigure = value
                ElseIf Left$(measure, 5) = "rate_" Or Left$(measure, 5) = "days_" Then
                    OneFigure = CVErr(NotAvailable)
                Else
                    OneFigure = 0
                End If
                Exit Function
            End If
        End If
    End If
    OneFigure = QnFallThrough(name, arguments)
End Function

Private Function GivenOrEmpty(ByVal argument As Variant) As Variant
    ' An empty text or 0 (a skipped argument in LibreOffice) is an argument that was not given.
    GivenOrEmpty = argument
    If VarType(argument) = vbString Then
        If Trim$(argument) = "" Then GivenOrEmpty = Empty
    ElseIf VarType(argument) = vbDouble Then
        If argument = 0 Then GivenOrEmpty = Empty
    End If
End Function

Private Function WordOr(ByVal domain As String, ByVal argument As Variant, ByVal usual As String) As String
    If IsEmpty(argument) Then
        WordOr = usual
    Else
        WordOr = QnCode(domain, CStr(argument))
    End If
End Function

Private Function UsualGroup(ByVal plan As String) As String
    ' Nhiem vu, or the first kind of a plan that has none.
    UsualGroup = "task"
    If QnHasGroup(plan, "task", "*") Then Exit Function
    If QnHasGroup(plan, "target", "*") Then
        UsualGroup = "target"
    ElseIf QnHasGroup(plan, "project", "*") Then
        UsualGroup = "project"
    End If
End Function

Private Function ShownAsOf(ByVal asOf As Variant) As Boolean
    Dim parts As Variant
    ShownAsOf = False
    If IsEmpty(asOf) Then
        ShownAsOf = True
    ElseIf VarType(asOf) = vbString Then
        parts = Split(Trim$(asOf), "/")
        If UBound(parts) = 2 Then
            If IsNumeric(parts(0)) And IsNumeric(parts(1)) And IsNumeric(parts(2)) Then
                ShownAsOf = (CLng(QnShownAsOf()) = CLng(DateSerial(CInt(parts(2)), CInt(parts(1)), CInt(parts(0)))))
            End If
        End If
    ElseIf IsNumeric(asOf) Or VarType(asOf) = vbDate Then
        ShownAsOf = (CLng(QnShownAsOf()) = CLng(asOf))
    End If
End Function

Public Function QnFallThrough(ByVal name As String, ByVal arguments As Variant) As Variant
    ' Python answers from the run that the workbook shows.
    Dim all() As Variant
    Dim i As Long
    Dim last As Long
    last = UBound(arguments)
    ReDim all(0 To last + 3)
    For i = 0 To last
        all(i) = arguments(i)
    Next i
    all(last + 1) = QnRun()
    all(last + 2) = QnShownAsOf()
    all(last + 3) = ThisWorkbook.FullName
    QnFallThrough = QnFromPython(name, all)
End Function
