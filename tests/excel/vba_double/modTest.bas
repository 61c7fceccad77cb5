Attribute VB_Name = "modTest"
Option Explicit

' What the tests ask for that a cell cannot show: error values, counters, a call with the doubles set.

Public Function TestAnswer(ByVal script As String, ByVal name As String, ByVal arguments As Variant) As Variant
    Dim i As Long
    Dim text As String
    TestCalls = TestCalls + 1
    If TestReply <> "" Then
        TestAnswer = TestReply
        Exit Function
    End If
    text = script & "." & name
    For i = LBound(arguments) To UBound(arguments)
        If IsArray(arguments(i)) Then
            text = text & "|array"
        ElseIf IsError(arguments(i)) Then
            text = text & "|error"
        Else
            text = text & "|" & CStr(arguments(i))
        End If
    Next i
    TestAnswer = text
End Function

Public Function TestErrorOf(ByVal value As Variant) As Long
    ' 0, or the number of an error value.
    TestErrorOf = 0
    If IsError(value) Then TestErrorOf = CLng(Mid$(CStr(value), 7))
End Function

Public Function TestProgress(ByVal plan As String) As Variant
    TestProgress = QN_PROGRESS(plan)
End Function

Public Function TestProgressError(ByVal plan As String, ByVal measure As String, ByVal unit As String) As Long
    TestProgressError = TestErrorOf(QN_PROGRESS(plan, measure, , unit))
End Function

Public Function TestSentenceError(ByVal plan As String) As Long
    TestSentenceError = TestErrorOf(QN_SENTENCE(plan))
End Function

Public Sub TestBreakPython(ByVal broken As Boolean)
    TestPythonBroken = broken
End Sub

Public Sub TestSetReply(ByVal text As String)
    TestReply = text
End Sub

Public Sub TestSetProblem(ByVal key As String)
    TestPythonProblem = key
    QnPythonReset
End Sub

Public Sub TestSetFile(ByVal text As String)
    TestFileText = text
End Sub

Public Function TestCount() As Long
    TestCount = TestCalls
End Function

Public Sub TestShowRows()
    QnShowChartRows
End Sub

Public Function TestFiltered() As String
    TestFiltered = TestFilters
End Function

Public Function TestCopied() As String
    TestCopied = TestChoices & "|" & TestCharts
End Function

Public Function TestSaid() As String
    TestSaid = TestMessage
End Function

Public Function TestMany(ByVal count As Long) As Double
    ' The mean of many look-ups.
    Dim i As Long
    Dim added As Double
    Dim one As Variant
    added = 0
    For i = 1 To count
        one = QN_PROGRESS("138")
        added = added + one
    Next i
    TestMany = added / count
End Function

Public Function TestFigure(ByVal key As String) As Double
    Dim value As Double
    TestFigure = -1
    QnReady
    If QnFigure(key, value) Then TestFigure = value
End Function

Public Function TestCode(ByVal domain As String, ByVal text As String) As String
    QnReady
    TestCode = QnCode(domain, text)
End Function
